import { join } from 'node:path';
import type { StepPlan } from '../plan/pipeline-plan';
import type { IssueRecord, StepRecord } from '../record/run-record';
import { mergeResults, type TaskResult } from '../task-result';
import { isDebugging, type JobState } from './job-state';
import type { JobVariables } from './job-variables';
import { StepLog } from './step-log';

/** Issues of each type that a record keeps; further ones are in the log. Source: azure-pipelines-agent, Agent.Worker/ExecutionContext.cs. */
const KEPT_ISSUES = 10;

/** What a step may do by commands. Sources: `restrictions` of task.json, `target` of the step. */
export interface Restrictions {
  /** Only commands that change nothing outside of the step. */
  readonly restrictedMode: boolean;
  /** Lists of patterns of variables that may be set: each list has to allow a name; none: all. */
  readonly settableVariables: readonly (readonly string[])[];
}

export interface StepRunParts {
  readonly job: JobState;
  readonly plan: StepPlan;
  readonly record: StepRecord;
  /** Shared by the phases of the step. */
  readonly taskVariables: JobVariables;
  readonly restrictions: Restrictions;
  /** Variables that task.json declares as outputs; they are outputs also without `isoutput`. */
  readonly outputNames: ReadonlySet<string>;
}

/** One phase of a step while it runs: its log, its issues, its result. Every text goes through the masker. */
export class StepRun {
  readonly job: JobState;
  readonly plan: StepPlan;
  readonly record: StepRecord;
  readonly taskVariables: JobVariables;
  readonly restrictions: Restrictions;
  readonly outputNames: ReadonlySet<string>;
  /** Aborted when the step is to end: cancel or time-out. */
  readonly ending = new AbortController();
  /** Aborted when nothing waits any longer. */
  readonly killing = new AbortController();
  readonly #begun: Promise<Error | undefined>[] = [];
  /** Result as the task says it. */
  result: TaskResult | undefined;
  /** Result of commands that went wrong; it counts whatever the task says. */
  commandResult: TaskResult | undefined;
  /** Aborted by `task.complete` with `done`: the task is over though its process may go on. */
  readonly done = new AbortController();
  readonly #log: StepLog;

  constructor(parts: StepRunParts) {
    this.job = parts.job;
    this.plan = parts.plan;
    this.record = parts.record;
    this.taskVariables = parts.taskVariables;
    this.restrictions = parts.restrictions;
    this.outputNames = parts.outputNames;
    this.#log = new StepLog(join(parts.job.options.runFolder, parts.record.log), parts.job.options.clock);
  }

  get workingDirectory(): string {
    return this.job.variables.get('System.DefaultWorkingDirectory') ?? this.job.folders.sources;
  }

  mask(text: string): string {
    return this.job.masker.mask(text);
  }

  /** A line of the log, as a person sees it. */
  print(text: string): void {
    const masked = this.mask(text);
    const before = this.#log.failure;
    this.#log.write(masked);
    if (this.#log.failure !== before) {
      this.#logFailed(this.#log.failure);
    }
    for (const line of masked.split('\n')) {
      this.job.events.line(this.job.request.record, this.record, line);
    }
  }

  /** A step of which nobody can read what it did has failed; what it still says is shown. */
  #logFailed(failure: Error | undefined): void {
    this.failCommand();
    this.error(
      `The log of the step breaks off here, because it cannot be written: ${failure?.message}. Free space on the disk and run the stage again.`,
    );
  }

  /** Only with `System.Debug`. */
  debug(text: string): void {
    if (isDebugging(this.job)) {
      this.print(`##[debug]${text}`);
    }
  }

  warning(message: string): void {
    this.issue({ type: 'warning', message, code: '', file: '', line: undefined, column: undefined });
  }

  error(message: string): void {
    this.issue({ type: 'error', message, code: '', file: '', line: undefined, column: undefined });
  }

  /** Records an issue and shows it in the log. */
  issue(issue: IssueRecord): void {
    const { type, message, code, file, line, column } = issue;
    const where = file === '' ? '' : `${file}(${line ?? ''},${column ?? ''}): ${type} ${code}: `;
    this.print(`##[${type}]${where}${message}`);
    if (this.record.issues.filter((known) => known.type === type).length < KEPT_ISSUES) {
      const masked = {
        ...issue,
        message: this.mask(message),
        code: this.mask(code),
        file: this.mask(file),
      };
      this.record.issues.push(masked);
      this.job.events.issue(this.job.request.record, this.record, masked);
    }
  }

  progress(percent: number, text: string): void {
    this.record.progress = { percent, text: this.mask(text) };
    this.job.events.changed();
  }

  say(message: string): void {
    this.record.message = this.mask(message);
  }

  /** The step waits at its end for what a command began, such as an upload. */
  begin(work: Promise<void>): void {
    this.#begun.push(
      work.then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      ),
    );
  }

  /** Waits for what commands began; each that went wrong fails the step. */
  async finishBegun(): Promise<void> {
    for (const error of await Promise.all(this.#begun)) {
      if (error !== undefined) {
        this.error(error.message);
        this.failCommand();
      }
    }
  }

  /** A command went wrong: the step has failed. */
  failCommand(): void {
    this.commandResult = mergeResults(this.commandResult, 'Failed');
  }

  close(): void {
    this.#log.close();
  }
}

/** A step that cannot do what it is for: it has failed with this message. */
export class StepFailure extends Error {
  override readonly name: string = 'StepFailure';
}

/** A program of the step ended otherwise than well, which says nothing of why: errors that it told before say more. */
export class ProgramFailure extends StepFailure {
  override readonly name = 'ProgramFailure';
}
