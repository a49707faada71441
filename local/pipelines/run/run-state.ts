import type { PipelinePlan } from '../plan/pipeline-plan';
import type { RunRecord, State } from '../record/run-record';
import type { StageOutcome } from './outcomes';
import type { RunRequest } from './run-request';
import type { Slots } from './slots';
import type { VariableScope } from './variables/variable-scope';

/** A run while it goes on. */
export interface Run {
  readonly request: RunRequest;
  readonly record: RunRecord;
  readonly plan: PipelinePlan;
  /** Of the run and of the root of the file. */
  readonly variables: VariableScope;
  /** Agents that are free. */
  readonly agents: Slots;
  /** Stages that have ended, by name. */
  readonly ended: Map<string, StageOutcome>;
}

/** The time as records write it. */
export function now({ request }: Pick<Run, 'request'>): string {
  return new Date(request.clock.now()).toISOString();
}

export function isCanceled({ request }: Pick<Run, 'request'>): boolean {
  return request.signal.aborted;
}

/** Names of stages count in any case. */
export function isDeselected({ request }: Pick<Run, 'request'>, { name }: { readonly name: string }): boolean {
  return [...request.skipped].some((skipped) => skipped.toUpperCase() === name.toUpperCase());
}

interface Timed<Result> {
  state: State;
  result: Result | undefined;
  startedAt: string | undefined;
  finishedAt: string | undefined;
}

/** Marks a record as begun. */
export function begin<Result>(run: Pick<Run, 'request'>, record: Timed<Result>): void {
  record.state = 'inProgress';
  record.startedAt ??= now(run);
}

/** Marks a record as ended. */
export function end<Result>(run: Pick<Run, 'request'>, record: Timed<Result>, result: Result): void {
  record.state = 'completed';
  record.result = result;
  record.finishedAt = now(run);
}
