import type { Place } from '../expand/place';

/** What a run carries out: an expanded pipeline as plain data. Expressions of the run and `$(macros)` stand in it as they were written. */
export interface PipelinePlan {
  /** Format of the run's number (`name:`); `undefined` where the file gives none. */
  readonly name: string | undefined;
  readonly variables: readonly VariablePlan[];
  readonly lockBehavior: LockBehavior | undefined;
  readonly repositories: readonly RepositoryPlan[];
  /** In the order of the file; `dependsOn` says in which order they run. */
  readonly stages: readonly StagePlan[];
}

export type LockBehavior = 'runLatest' | 'sequential';

/** A variable with its value, or a group, whose variables only the environment of the run knows. */
export type VariablePlan =
  | {
      readonly name: string;
      /** May hold `$(macros)` or be one `$[ expression ]`. */
      readonly value: string;
      readonly readOnly: boolean;
      readonly at: Place;
    }
  | { readonly group: string; readonly at: Place };

/** A repository resource. */
export interface RepositoryPlan {
  readonly alias: string;
  readonly type: string;
  readonly name: string;
  readonly ref: string | undefined;
}

export interface StagePlan {
  readonly name: string;
  readonly displayName: string;
  /** Resolved: where the file says nothing, the stage before; none for `dependsOn: []`. */
  readonly dependsOn: readonly string[];
  /** `undefined`: `succeeded()`. */
  readonly condition: string | undefined;
  readonly variables: readonly VariablePlan[];
  readonly lockBehavior: LockBehavior | undefined;
  readonly trigger: 'automatic' | 'manual';
  readonly isSkippable: boolean;
  readonly jobs: readonly JobPlan[];
  readonly at: Place;
}

/** Where a job runs: on an agent of a pool, or on the server without one. */
export type PoolPlan =
  | { readonly kind: 'agent'; readonly name: string | undefined; readonly vmImage: string | undefined }
  | { readonly kind: 'server' };

interface AnyJobPlan {
  readonly name: string;
  readonly displayName: string;
  /** Jobs of the same stage; none where the file says nothing. */
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  /** These texts may hold run-time expressions or macros: they are read when the job starts. */
  readonly continueOnError: string;
  /** Minutes; `0` is no limit. Default 60. */
  readonly timeoutInMinutes: string;
  /** Minutes. Default 5. */
  readonly cancelTimeoutInMinutes: string;
  readonly variables: readonly VariablePlan[];
  readonly pool: PoolPlan;
  /** A container job is planned, but this machine cannot run it. */
  readonly container: boolean;
  readonly workspaceClean: string | undefined;
  readonly at: Place;
}

export interface OrdinaryJobPlan extends AnyJobPlan {
  readonly kind: 'job';
  readonly strategy: JobStrategyPlan | undefined;
  readonly steps: readonly StepPlan[];
}

/** A matrix as written or as one run-time expression that gives JSON; or a number of equal slices. `maxParallel` `0`: no limit. */
export type JobStrategyPlan =
  | {
      readonly kind: 'matrix';
      readonly legs:
        | string
        | readonly { readonly name: string; readonly variables: Readonly<Record<string, string>> }[];
      readonly maxParallel: string;
    }
  | { readonly kind: 'parallel'; readonly count: string };

const DEPLOYMENT_HOOKS = ['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic', 'failure', 'success'] as const;
/** Life-cycle hooks of a deployment job; the last two are those of `on:`. */
export type DeploymentHook = (typeof DEPLOYMENT_HOOKS)[number];

export interface DeploymentJobPlan extends AnyJobPlan {
  readonly kind: 'deployment';
  /** May hold macros. */
  readonly environment: string;
  readonly resource: string | undefined;
  readonly strategy: 'runOnce' | 'canary';
  /** Percents of a canary, one round each; none for `runOnce`. */
  readonly increments: readonly string[];
  readonly hooks: Readonly<Partial<Record<DeploymentHook, HookPlan>>>;
}

export interface HookPlan {
  readonly steps: readonly StepPlan[];
  /** `undefined`: that of the job. */
  readonly pool: PoolPlan | undefined;
}

export type JobPlan = OrdinaryJobPlan | DeploymentJobPlan;

/** A step is always a task: `script` and the other short forms have become theirs by now. */
export interface StepPlan {
  /** `CmdLine@2`, or the id of a task that is part of the agent with its version. */
  readonly task: string;
  /** `undefined` where its outputs cannot be read by others. */
  readonly name: string | undefined;
  readonly displayName: string | undefined;
  readonly condition: string | undefined;
  readonly continueOnError: string;
  readonly enabled: string;
  /** Minutes; `0` is no limit of its own. */
  readonly timeoutInMinutes: string;
  readonly retryCountOnTaskFailure: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** `undefined` where the file says nothing. */
  readonly target?: StepTargetPlan;
  readonly at: Place;
}

/** Where a step runs, and what it may do to the job by logging commands. */
export interface StepTargetPlan {
  /** `undefined`: on the machine of the job. */
  readonly container: string | undefined;
  readonly restrictedCommands: boolean;
  /** Patterns of names; `undefined`: all. */
  readonly settableVariables: readonly string[] | undefined;
}
