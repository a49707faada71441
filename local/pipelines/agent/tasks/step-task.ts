import type { DeclaredInput } from '../../task-environment';
import type { Restrictions, StepRun } from '../step-run';

/** A task as the agent carries it out, whether it is a bundle of ours or part of this agent. */
export interface StepTask {
  /** Name from which an unnamed step gets its own, such as `CmdLine`. */
  readonly reference: string;
  /** `anywhere`: a stub needs neither. */
  readonly runsOn: 'agent' | 'server' | 'anywhere';
  /** `undefined`: the step may give any inputs. */
  readonly declared: readonly DeclaredInput[] | undefined;
  readonly restrictions: Restrictions;
  /** Names in lower case. */
  readonly outputNames: ReadonlySet<string>;
  /** What a person reads where the step has no name of its own. */
  displayName(inputs: TaskInputs): string;
  /** Resolves when the task is over; {@link StepRun.result} holds what it said. @throws StepFailure when it cannot do what it is for */
  run(step: StepRun, inputs: TaskInputs): Promise<void>;
  /** What runs after all steps of the job. */
  readonly post?: (step: StepRun, inputs: TaskInputs) => Promise<void>;
  /** The task itself waits no longer than the step's time-out: the agent does not end it. */
  readonly keepsOwnTimeout?: true;
}

export const UNRESTRICTED: Restrictions = { restrictedMode: false, settableVariables: [] };

/** Inputs of a step, merged with the task's defaults, macros replaced. Names in any case. */
export class TaskInputs {
  readonly #values: ReadonlyMap<string, string>;

  constructor(readonly values: ReadonlyMap<string, string>) {
    this.#values = new Map([...values].map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name: string): string {
    return this.#values.get(name.toLowerCase()) ?? '';
  }

  isTrue(name: string): boolean {
    return this.get(name).toLowerCase() === 'true';
  }

  /** Lines that are not blank, trimmed. */
  lines(name: string): string[] {
    return this.get(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
}

/** Declarations of a task that is part of this agent. A path is given by `:path` after the name. */
export function declare(defaults: Readonly<Record<string, string>>, aliases: Readonly<Record<string, string>> = {}) {
  return Object.entries(defaults).map(([key, defaultValue]): DeclaredInput => {
    const [name = key, type = 'string'] = key.split(':');
    const alias = Object.entries(aliases).flatMap(([other, target]) => (target === name ? [other] : []));
    return { name, type: type === 'path' ? 'filePath' : type, defaultValue, aliases: alias };
  });
}
