import type { Clock } from '../../../src/clock';
import type { JobOutcome, JobRequest, RepositorySource, RunEvents, Variable } from '../agent/job-request';
import type { LockBehavior, PipelinePlan } from '../plan/pipeline-plan';
import type { ApprovalRecord, CheckRunRecord, RunRecord, StageRecord } from '../record/run-record';
import type { PipelineConnection } from '../task-environment';

/** What a run needs from outside. Everything that a person or a machine does comes in through here; the run itself decides nothing but order. */
export interface RunRequest {
  readonly plan: PipelinePlan;
  /** Fresh, or that of an earlier process: then {@link retry} says which stage runs again. Written to all the time. */
  readonly record: RunRecord;
  /** Stage to run again: its jobs that did not succeed, then the stages that depend on it. */
  readonly retry?: string;
  /** Stages that were deselected when the run was queued; they count as skipped. */
  readonly skipped: ReadonlySet<string>;
  /** Predefined variables of the run and those given at queue time. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Variables of a group; `undefined`: there is no such group. */
  variableGroup(name: string): ReadonlyMap<string, Variable> | undefined;
  readonly repositories: readonly RepositorySource[];
  connection(nameOrId: string): PipelineConnection | undefined;
  /** Checks of an environment by its name; an environment that nobody described has none. */
  environment(name: string): EnvironmentChecks;
  /**
   * Answers approvals; those of one stage are asked for side by side. May answer never: then the run goes on only by time-out, cancel or the
   * answer `left`. An answer that does not count (of somebody who is no approver, or of the requester where that may not be) is asked for again:
   * `check.message` says why.
   */
  decide(approval: PendingApproval): Promise<Decision>;
  /**
   * Holds what only one run at a time may hold; resolves to its release. Rejects when the signal aborts, or when a newer run takes the turn of
   * this one (`runLatest`): then the stage is canceled.
   */
  exclusiveLock(environment: string, signal: AbortSignal, behavior: LockBehavior): Promise<() => void>;
  /**
   * Number of this run for `counter(prefix, seed)`: one more than that of the run before with this prefix, the seed for the first. Asked again in
   * the same run, also by a retry, it answers the same. Without it every run is the first.
   */
  counter?(prefix: string, seed: number): number;
  runJob(job: JobRequest, events: RunEvents): Promise<JobOutcome>;
  readonly events: RunEvents & StageEvents;
  readonly jobAccessToken: string;
  readonly collectionUrl: string;
  /** Where jobs get their folders. */
  readonly workFolder: string;
  /** Jobs on agents at the same time; default 2. */
  readonly agents?: number;
  readonly clock: Clock;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

export interface EnvironmentChecks {
  /** Positive integer as text. */
  readonly id: string;
  readonly approvals: readonly ApprovalCheck[];
  /** Patterns of full refs, such as `refs/heads/release/*`; `undefined`: no branch control. */
  readonly allowedBranches: readonly string[] | undefined;
  readonly exclusiveLock: boolean;
}

export interface ApprovalCheck {
  readonly approvers: readonly { readonly id: string; readonly name: string }[];
  readonly minimumApprovers: number;
  readonly requesterMayApprove: boolean;
  readonly instructions: string;
  readonly timeoutMinutes: number;
}

export interface PendingApproval {
  readonly stage: StageRecord;
  readonly check: CheckRunRecord;
  readonly approval: ApprovalRecord;
  /** Aborted when nobody needs an answer any more. */
  readonly signal: AbortSignal;
}

/** `left`: nobody can answer here; the check stays pending and the run ends without it, to be taken up by a retry of the stage. */
export type Decision =
  | { readonly kind: 'approved' | 'rejected' | 'bypassed'; readonly by: string; readonly comment: string }
  | { readonly kind: 'left' };

/** What a person sees of stages; jobs and steps come by {@link RunEvents}. */
export interface StageEvents {
  stageChanged(stage: StageRecord): void;
  approvalWaits(approval: PendingApproval): void;
}
