/** Results of stages, jobs and steps, as the timeline of Azure DevOps names them. */
export type Result = 'succeeded' | 'succeededWithIssues' | 'failed' | 'canceled' | 'skipped';
export type State = 'pending' | 'inProgress' | 'completed';

/** What `run.json` holds: one run, whole. Times are ISO 8601 in UTC. Everything in it is masked already. */
export interface RunRecord {
  readonly apiVersion: 'databricks-mlops/run/v1';
  /** `Build.BuildId`: a number as text, rising within its folder of runs. */
  readonly id: string;
  /** `Build.BuildNumber`. */
  number: string;
  readonly pipeline: { readonly id: string; readonly name: string; readonly file: string };
  readonly project: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly branch: string;
  readonly commit: string;
  readonly fork: boolean;
  readonly requestedFor: { readonly id: string; readonly name: string };
  readonly parameters: Readonly<Record<string, string>>;
  /** Local workspaces that the run used; they end with it. Absent in records of before, and where it used none. */
  localWorkspaces?: readonly { readonly name: string; readonly url: string }[];
  readonly planId: string;
  readonly timelineId: string;
  readonly queuedAt: string;
  state: State;
  result: Result | undefined;
  finishedAt: string | undefined;
  readonly tags: string[];
  /** In the order of the file. Former attempts stay, before the newer one of the same name. */
  readonly stages: StageRecord[];
  readonly artifacts: ArtifactRecord[];
  readonly tests: TestRunRecord[];
}

interface Timed {
  state: State;
  result: Result | undefined;
  startedAt: string | undefined;
  finishedAt: string | undefined;
}

export interface StageRecord extends Timed {
  /** GUID of the timeline record; another one for each attempt. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly attempt: number;
  readonly dependsOn: readonly string[];
  /** Why it was skipped or did not start, in a sentence. */
  note: string | undefined;
  /** Present once the stage reached its checks; without any check there is none. */
  checkpoint: CheckpointRecord | undefined;
  readonly jobs: JobRecord[];
}

/** The checks that a stage passes before it starts: one check suite. */
export interface CheckpointRecord extends Timed {
  readonly id: string;
  readonly checks: CheckRunRecord[];
}

export type CheckStatus = 'pending' | 'approved' | 'rejected' | 'timedOut' | 'bypassed' | 'canceled' | 'failed';

export interface CheckRunRecord {
  /** GUID; of an approval also the approval's id. */
  readonly id: string;
  readonly kind: 'approval' | 'branchControl' | 'businessHours' | 'exclusiveLock';
  readonly resource: { readonly type: 'environment' | 'endpoint'; readonly id: string; readonly name: string };
  status: CheckStatus;
  readonly createdAt: string;
  completedAt: string | undefined;
  /** Why it failed, or what it waits for. */
  message: string | undefined;
  readonly approval: ApprovalRecord | undefined;
}

export interface ApprovalRecord {
  readonly minimumApprovers: number;
  readonly requesterMayApprove: boolean;
  readonly instructions: string;
  readonly timeoutMinutes: number;
  readonly steps: ApprovalStepRecord[];
}

export interface ApprovalStepRecord {
  readonly assignedApprover: { readonly id: string; readonly name: string };
  actualApprover: { readonly id: string; readonly name: string } | undefined;
  status: 'pending' | 'approved' | 'rejected' | 'skipped' | 'timedOut' | 'canceled';
  comment: string;
  readonly initiatedAt: string;
  modifiedAt: string | undefined;
}

export interface JobRecord extends Timed {
  /** `System.JobId`: a GUID, another one for each attempt. */
  readonly id: string;
  /** `System.PhaseName`: the job as the file names it. */
  readonly phase: string;
  /** `System.JobName`: with matrix leg or hook. */
  readonly name: string;
  readonly displayName: string;
  readonly attempt: number;
  readonly dependsOn: readonly string[];
  readonly environment: string | undefined;
  readonly hook: string | undefined;
  note: string | undefined;
  readonly steps: StepRecord[];
  /** `step.variable` to value, never secret ones. */
  outputs: Record<string, string>;
}

export interface StepRecord extends Timed {
  /** `System.TaskInstanceId`: GUID. */
  readonly id: string;
  /** `System.TaskInstanceName`: the step's own name, or one made from its task. */
  readonly name: string;
  readonly displayName: string;
  readonly task: string;
  attempts: number;
  /** Path of its log below the folder of the run; lines are masked and begin with a time. */
  readonly log: string;
  message: string;
  progress: { readonly percent: number; readonly text: string } | undefined;
  readonly issues: IssueRecord[];
  readonly attachments: AttachmentRecord[];
}

export interface IssueRecord {
  readonly type: 'error' | 'warning';
  readonly message: string;
  readonly code: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** `type` `Distributedtask.Core.Summary` is a summary in Markdown. */
export interface AttachmentRecord {
  readonly type: string;
  readonly name: string;
  /** Path of the copy below the folder of the run. */
  readonly file: string;
}

export interface ArtifactRecord {
  readonly id: number;
  readonly name: string;
  readonly kind: 'pipeline' | 'container';
  /** Path of its folder below the folder of the run. */
  readonly folder: string;
  /** Id of the job that published it. */
  readonly source: string;
  readonly files: number;
  readonly bytes: number;
}

export interface TestRunRecord {
  readonly id: number;
  readonly title: string;
  readonly job: string;
  readonly cases: readonly TestCaseRecord[];
}

export interface TestCaseRecord {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly message: string;
}
