import { resolve } from 'node:path';
import type { Clock } from '../../../src/clock';
import type { RunEvents, TaskStub } from '../agent/job-request';
import type { RunWatcher } from '../record/record-events';
import type { RunFolders } from '../record/run-folders';
import type { Decision, PendingApproval, StageEvents } from '../run/run-request';
import type { RecordedRun } from '../service/ports';
import type { LocalWorkspace } from '../settings/connections';
import type { GivenAnswers } from './given-answers';
import type { QueuedFor } from './run-variables';

/** What somebody asks for who queues a run. Kept beside the run's record, so that a stage can be retried by another process. */
export interface QueueRequest {
  /** Path of the pipeline on this machine. */
  readonly file: string;
  /** Folder by alias; `self` is the root of the pipeline's own repository. */
  readonly repositories: Readonly<Record<string, string>> & { readonly self: string };
  readonly parameters: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly queuedFor: QueuedFor;
  /** Stages that are deselected. */
  readonly skipped: readonly string[];
  /** By `Task@1`. */
  readonly stubs: Readonly<Record<string, TaskStub>>;
}

/** What can be done to a run while it goes on. */
export interface RunAccess {
  /** `personToken` answers approvals by the REST interface at `serviceUrl`. */
  readonly serviceUrl: string;
  readonly personToken: string;
  /** For a process that ends in the middle of the run: closes its record as canceled, and writes record and page for the last time. */
  endAtOnce(): void;
}

/** Who looks on while a run goes on. */
export interface RunAudience extends RunWatcher, StageEvents {
  /** The run is about to begin. */
  begins(run: RecordedRun, access: RunAccess): void;
  /** One sentence for whoever runs this. */
  notice(sentence: string): void;
  /** What this machine does meanwhile that a step waits for, such as making a Python environment; takes the place of the text before. */
  meanwhile?(text: string): void;
}

/** Absolute paths of what runs leave on this machine: no sources, wherever they lie. */
export function ownFolders({ runs, workspaceData }: Pick<Surroundings, 'runs' | 'workspaceData'>): readonly string[] {
  return [runs.base, workspaceData].filter((path) => path !== '').map((path) => resolve(path));
}

/** What is around the runs of this machine. */
export interface Surroundings {
  readonly runs: RunFolders;
  /** Folder with `connections.yml`, `environments.yml` and `variable-groups.yml`. */
  readonly settings: string;
  /** Folder of the local workspaces' state. */
  readonly workspaceData: string;
  /** Local workspaces that run already and outlive the run; without them those that a run needs are started for its time. */
  readonly workspaces?: readonly LocalWorkspace[];
  /** Folder with one built bundle per task. */
  readonly tasksFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly audience: RunAudience;
  /** What `decide` answers without being asked; refused before the run begins where nothing asks for it. */
  readonly answers?: GivenAnswers;
  /** See `decide` of a run. */
  decide(approval: PendingApproval): Promise<Decision>;
  readonly manualValidation: RunEvents['manualValidation'];
  /** Called when the local workspaces that the run needs are up, before anything of it runs. */
  beforeRun?(place: { readonly workspaces: readonly LocalWorkspace[]; readonly commit: string }): Promise<void>;
  /**
   * Makes the page of a run; default: none.
   * @param goesOn whether this process still goes on with it: a run that was left to wait is over here, and not at its end
   */
  page?(run: RecordedRun, goesOn: boolean): string;
}
