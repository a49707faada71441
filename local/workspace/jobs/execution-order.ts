import type { Attempt, Run, TaskRun, TerminationCode } from './types';

/** One attempt of a task, to be executed. */
export interface ExecutionOrder {
  readonly run: Run;
  readonly task: TaskRun;
  readonly attempt: Attempt;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** How an attempt ended, as the state machine takes it. */
export interface ExecutionEnd {
  readonly outcome: 'SUCCESS' | 'FAILED' | 'INTERNAL_ERROR';
  readonly message?: string;
  readonly branch?: 'true' | 'false';
  readonly code?: TerminationCode;
}

/** What an attempt under way tells and asks of whoever carries runs out. */
export interface Attendance {
  /** The attempt's process, or the run that it starts, began. */
  begun(childRun?: string): void;
  /** Keeps a new run and takes it up. */
  start(run: Run): void;
  untilEnded(runId: string): Promise<Run>;
  cancel(runId: string): void;
}
