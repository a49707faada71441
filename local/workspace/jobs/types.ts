import type { Principal } from '../api';
import type { Permission } from '../permissions/access-list';

/** A task as it was declared. Fields that the local workspace does not read are kept as they came and shown again. */
export interface TaskSpec {
  readonly task_key: string;
  readonly depends_on?: readonly { readonly task_key: string; readonly outcome?: string }[];
  readonly run_if?: RunIf;
  readonly disabled?: boolean;
  readonly timeout_seconds?: number;
  /** -1: for ever. */
  readonly max_retries?: number;
  readonly min_retry_interval_millis?: number;
  readonly retry_on_timeout?: boolean;
  readonly environment_key?: string;
  readonly libraries?: readonly Readonly<Record<string, unknown>>[];
  readonly spark_python_task?: {
    readonly python_file: string;
    readonly parameters?: readonly string[];
    readonly source?: string;
  };
  readonly notebook_task?: {
    readonly notebook_path: string;
    readonly base_parameters?: Readonly<Record<string, string>>;
    readonly source?: string;
    /** Runs the notebook on a warehouse: SQL only. */
    readonly warehouse_id?: string;
  };
  readonly python_wheel_task?: {
    readonly package_name: string;
    readonly entry_point: string;
    readonly parameters?: readonly string[];
    readonly named_parameters?: Readonly<Record<string, string>>;
  };
  readonly condition_task?: { readonly op: string; readonly left: string; readonly right: string };
  readonly run_job_task?: {
    readonly job_id: string;
    readonly job_parameters?: Readonly<Record<string, string>>;
  } & Overriding;
  readonly for_each_task?: {
    /** A JSON array, or a reference whose value is one. */
    readonly inputs: string;
    /** 1 (default) to 100 iterations at once. */
    readonly concurrency?: number;
    readonly task: TaskSpec;
  };
  readonly sql_task?: {
    readonly warehouse_id: string;
    readonly query?: { readonly query_id: string };
    readonly file?: { readonly path: string; readonly source?: string };
    readonly parameters?: Readonly<Record<string, string>>;
  };
  readonly pipeline_task?: { readonly pipeline_id: string } & PipelineRefresh;
}

/** What an update of a pipeline computes anew; nothing given: everything, incrementally. */
export interface PipelineRefresh {
  readonly full_refresh?: boolean;
  readonly refresh_selection?: readonly string[];
  readonly full_refresh_selection?: readonly string[];
}

export type RunIf =
  | 'ALL_SUCCESS'
  | 'AT_LEAST_ONE_SUCCESS'
  | 'NONE_FAILED'
  | 'ALL_DONE'
  | 'AT_LEAST_ONE_FAILED'
  | 'ALL_FAILED';

export interface EnvironmentSpec {
  readonly environment_key: string;
  readonly spec?: { readonly dependencies?: readonly string[] };
}

/** Settings of a job, or of a one-time run (which has no `parameters`). Unknown fields are kept. */
export interface JobSettings {
  readonly name?: string;
  readonly tasks?: readonly TaskSpec[];
  readonly environments?: readonly EnvironmentSpec[];
  readonly parameters?: readonly { readonly name: string; readonly default: string }[];
  readonly max_concurrent_runs?: number;
  readonly queue?: { readonly enabled: boolean };
  /** Checked; see `gitSource`. */
  readonly git_source?: Readonly<Record<string, unknown>>;
  /** 0: none. */
  readonly timeout_seconds?: number;
}

/** Who may do what with a job. */
export type JobPermission = Permission<'CAN_VIEW' | 'CAN_MANAGE_RUN' | 'CAN_MANAGE' | 'IS_OWNER'>;

export interface Job {
  readonly jobId: string;
  readonly creator: string;
  /** Milliseconds since the epoch. */
  readonly createdTime: number;
  readonly settings: JobSettings;
  /** Absent: the creator owns it. */
  readonly permissions?: readonly JobPermission[];
}

/** How an attempt, and through it a task, ended. */
export type TaskOutcome =
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'EXCLUDED'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'DISABLED'
  | 'INTERNAL_ERROR';

export type RunOutcome =
  | 'SUCCESS'
  | 'SUCCESS_WITH_FAILURES'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'INTERNAL_ERROR'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED';

/** Reasons for an end that only some tasks have, by the service's names. */
export type TerminationCode = 'REPOSITORY_CHECKOUT_FAILED';

/** Why something that runs is being ended from outside. */
export type Stop = 'CANCELED' | 'TIMEDOUT';

/** One execution of a task; a task that is retried has several. Each has a run id of its own. */
export interface Attempt {
  readonly runId: string;
  /** From 0. */
  readonly number: number;
  /** PENDING: waits for a free process or its interpreter. */
  readonly phase: 'BLOCKED' | 'PENDING' | 'RUNNING' | 'TERMINATING' | 'WAITING_FOR_RETRY' | 'ENDED';
  /** When the task was unblocked (or the run began); milliseconds since the epoch. */
  readonly startTime: number;
  /** When the process began. */
  readonly begunTime?: number;
  readonly endTime?: number;
  readonly stop?: Stop;
  readonly outcome?: TaskOutcome;
  readonly message?: string;
  /** Why it ended, where that is finer than the outcome. */
  readonly code?: TerminationCode;
  /** When a retry may begin. */
  readonly retryAt?: number;
  /** Result of a condition task. */
  readonly branch?: 'true' | 'false';
  /** The repair that the attempt belongs to; absent: the original run. */
  readonly repair?: string;
  /** The run that the attempt started: that of another job, or the hidden one with the iterations of a for-each task. */
  readonly childRun?: string;
}

/** A task of a run with its attempts, the latest last; never empty. */
export interface TaskRun {
  readonly spec: TaskSpec;
  readonly attempts: readonly Attempt[];
  /** An iteration's element of the inputs. */
  readonly input?: unknown;
}

/** One pass over a run: the original one or a repair. */
export interface Round {
  /** Absent: the original one. */
  readonly repair?: string;
  readonly startTime: number;
  readonly begunTime?: number;
  readonly endTime?: number;
  readonly stop?: Stop;
  readonly outcome?: RunOutcome;
  readonly message?: string;
}

/** A run of a job, or a one-time run. */
export interface Run {
  readonly runId: string;
  /** A one-time run has a job id too, but no job. */
  readonly jobId: string;
  readonly type: 'JOB_RUN' | 'SUBMIT_RUN';
  /** The attempt of a task that started this run. */
  readonly parent?: { readonly runId: string; readonly attempt: string };
  /** The run only holds the iterations of its parent's for-each task; at most so many at once. Lists never show it. */
  readonly iterations?: { readonly concurrency: number };
  readonly name: string;
  /** Who started it. */
  readonly creator: Principal;
  /** Whose rights count in it; absent: those of the creator. */
  readonly runAs?: Principal;
  /** Who may see and stop a one-time run besides its creator; runs of jobs have the permissions of the job. */
  readonly permissions?: readonly JobPermission[];
  readonly settings: JobSettings;
  readonly jobParameters: readonly { readonly name: string; readonly default: string; readonly value: string }[];
  /** Parameters given by the older kinds at run-now, such as `notebook_params`, as they came. */
  readonly overriding: Overriding;
  readonly phase: 'QUEUED' | 'RUNNING' | 'TERMINATING' | 'ENDED';
  readonly startTime: number;
  /** When it left the queue; the same as `startTime` where it never was in one. */
  readonly begunTime?: number;
  readonly endTime?: number;
  readonly stop?: Stop;
  /** The workspace ended while the run was active: nothing of it begins any more. */
  readonly lost?: true;
  readonly outcome?: RunOutcome;
  readonly message?: string;
  readonly tasks: readonly TaskRun[];
  /** The rounds before the present one, oldest first. */
  readonly rounds?: readonly Round[];
  /** The repair under way or last done; absent: never repaired. */
  readonly repair?: { readonly id: string; readonly startTime: number; readonly begunTime?: number };
}

/** Parameters of `run-now` from before job parameters, by kind of task. */
export interface Overriding {
  readonly notebook_params?: Readonly<Record<string, string>>;
  readonly python_params?: readonly string[];
  readonly python_named_params?: Readonly<Record<string, string>>;
  readonly sql_params?: Readonly<Record<string, string>>;
  readonly pipeline_params?: { readonly full_refresh?: boolean };
}

/** The attempt that counts. */
export function latest(task: TaskRun): Attempt {
  const attempt = task.attempts[task.attempts.length - 1];
  if (attempt === undefined) {
    throw new Error(`Task ${task.spec.task_key} has no attempt.`);
  }
  return attempt;
}
