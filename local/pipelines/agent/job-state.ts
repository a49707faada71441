import type { PipelineConnection } from '../task-environment';
import type { TaskResult } from '../task-result';
import type { AgentOptions } from './agent-options';
import type { JobFolders } from './job-folders';
import type { JobRequest, RunEvents, Variable } from './job-request';
import type { JobVariables } from './job-variables';
import type { SecretMasker } from './secret-masker';

/** What the steps of one job share and change. */
export interface JobState {
  readonly request: JobRequest;
  readonly events: RunEvents;
  readonly options: AgentOptions;
  readonly folders: JobFolders;
  readonly masker: SecretMasker;
  readonly variables: JobVariables;
  /** Connections that steps asked for, by id; commands may have changed them. */
  readonly connections: Map<string, PipelineConnection>;
  /** Folders that commands put before `PATH`, the newest last. */
  readonly prependedPaths: string[];
  /** `step.variable`. */
  readonly outputs: Map<string, Variable>;
  /** Ids of records that `task.logdetail` made, with their parents. */
  readonly details: Map<string, string>;
  /** Result so far, as steps made it; `undefined` before the first that matters. */
  result: TaskResult | undefined;
  /** The job is being cancelled: by a person or by its time-out. */
  canceled: boolean;
}

/** Whether `System.Debug` is on. */
export function isDebugging(job: JobState): boolean {
  return job.variables.isTrue('System.Debug');
}
