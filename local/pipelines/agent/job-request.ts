import type { StepPlan } from '../plan/pipeline-plan';
import type {
  ArtifactRecord,
  AttachmentRecord,
  IssueRecord,
  JobRecord,
  Result,
  StepRecord,
  TestCaseRecord,
} from '../record/run-record';
import type { PipelineConnection } from '../task-environment';

/** A variable as the agent knows it. */
export interface Variable {
  readonly value: string;
  readonly secret: boolean;
  readonly readOnly: boolean;
}

/** A repository that steps can check out. */
export interface RepositorySource {
  /** `self` or the alias of a resource. */
  readonly alias: string;
  /** Name of the repository; its last part is the folder when several are checked out. */
  readonly name: string;
  /** Folder on this machine that is copied or cloned from. */
  readonly folder: string;
  /** Commit to check out where the folder is a git repository; `undefined`: the files as they lie. */
  readonly commit: string | undefined;
  /** Full ref, `refs/heads/main`. */
  readonly ref: string;
  /** Absolute paths below the folder that are not copied with it: the runs themselves, the state of local workspaces. */
  readonly leftOut?: readonly string[];
}

/** One job, as the server hands it to an agent: everything is decided but what only steps can say. */
export interface JobRequest {
  /** Written to as the job goes on. */
  readonly record: JobRecord;
  readonly steps: readonly StepPlan[];
  /** `server`: only steps that need no agent (Delay, ManualValidation). */
  readonly on: 'agent' | 'server';
  /** A deployment job checks out nothing by itself, but downloads the artifacts of the run in its hook `deploy`. */
  readonly deployment: boolean;
  /** Names in any case. All that is known before the job: predefined ones of run, stage and job, and the pipeline's, with macros unexpanded. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly repositories: readonly RepositorySource[];
  /** Connection for a value of a `connectedService` input; `undefined`: there is none of this name or id. */
  connection(nameOrId: string): PipelineConnection | undefined;
  /** A fork's pull request: steps that refer to a connection are skipped, and stay green. */
  readonly withholdsConnections: boolean;
  readonly jobAccessToken: string;
  /** Address of the Azure DevOps stand-in, for the job's own connection. */
  readonly collectionUrl: string;
  /** The agent's work folder of this job (`Pipeline.Workspace` is `<folder>/1`); made and removed by who runs the job. */
  readonly folder: string;
  readonly timeoutMinutes: number;
  readonly cancelTimeoutMinutes: number;
  /** Aborted when the run or the stage is cancelled. */
  readonly signal: AbortSignal;
}

export interface JobOutcome {
  readonly result: Result;
  /** `step.variable` to value; secret ones too, marked. */
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** What steps do to the run around them. Texts are masked when they arrive here. */
export interface RunEvents {
  /** Anything in the records changed. */
  changed(): void;
  stepStarted(job: JobRecord, step: StepRecord): void;
  stepFinished(job: JobRecord, step: StepRecord): void;
  /** One line of the step's log, as a person sees it. */
  line(job: JobRecord, step: StepRecord, text: string): void;
  issue(job: JobRecord, step: StepRecord, issue: IssueRecord): void;
  setRunNumber(number: string): void;
  addTag(tag: string): void;
  addTests(title: string, job: JobRecord, cases: readonly TestCaseRecord[]): void;
  /** Copies a file into the folder of the run and records it. */
  attach(job: JobRecord, step: StepRecord, type: string, name: string, file: string): AttachmentRecord;
  /**
   * Copies a folder or file into the run's artifacts.
   * @throws ArtifactExists: an artifact cannot be replaced
   */
  publishArtifact(job: JobRecord, kind: ArtifactRecord['kind'], name: string, path: string): Promise<ArtifactRecord>;
  /** Artifacts of this run (`undefined`) or another by id. @throws RangeError when there is no such run here */
  artifacts(runId: string | undefined): readonly (ArtifactRecord & { readonly path: string })[];
  /** Waits until a person answers a `ManualValidation@1`. */
  manualValidation(request: ManualValidationRequest): Promise<'resumed' | 'rejected' | 'timedOut'>;
}

export interface ManualValidationRequest {
  readonly job: JobRecord;
  readonly step: StepRecord;
  readonly approvers: readonly string[];
  readonly instructions: string;
  readonly timeoutMinutes: number;
  readonly onTimeout: 'reject' | 'resume';
  readonly signal: AbortSignal;
}

/** Stands in for a task that is not run: sets these outputs and this result. */
export interface TaskStub {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
  /** Printed, so that the log shows what was not done. */
  readonly message?: string;
}
