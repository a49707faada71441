import type { LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';

/** What a logging command does. Throws an Error when it cannot: then the step has failed. */
export interface CommandDefinition {
  run(step: StepRun, command: LoggingCommand): void;
  /** Also for tasks that declare the mode `restricted`. */
  readonly inRestrictedMode?: true;
}

export type Commands = Readonly<Record<string, CommandDefinition>>;

/** @throws Error when the property is missing or empty */
export function requiredProperty({ area, event, properties }: LoggingCommand, name: string): string {
  const value = properties.get(name) ?? '';
  if (value === '') {
    throw new Error(`##vso[${area}.${event}] needs the property '${name}'.`);
  }
  return value;
}

/** `true` in any case; everything else is false. */
export function flag({ properties }: LoggingCommand, name: string): boolean {
  return properties.get(name)?.trim().toLowerCase() === 'true';
}
