import type { Clock } from '../../../src/clock';
import type { RunRecord } from '../record/run-record';
import type { EnvironmentChecks } from '../run/run-request';

/** A run with the folder that its paths begin in. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly folder: string;
}

/** The runs that the service shows. Read anew for each request, so that a run is seen as it goes on. */
export interface RunRecords {
  /** By `Build.BuildId`. */
  run(id: string): RecordedRun | undefined;
  /** All of them, in any order. */
  all(): readonly RecordedRun[];
  /** Keeps what the service changed in a record: its build tags. */
  changed(run: RecordedRun): void;
}

/** An environment with its checks, as `.mlops/environments.yml` describes it. */
export interface ServiceEnvironment {
  readonly name: string;
  readonly checks: EnvironmentChecks;
}

/** A service connection, as far as ID tokens need it. */
export interface ServiceConnectionName {
  readonly id: string;
  readonly name: string;
  /** Set for a connection whose tokens Microsoft Entra issues. */
  readonly entra?: { readonly tenantId: string; readonly applicationId: string };
}

/** Who may call. A job's token reads and asks for ID tokens; only people answer approvals, as in Azure DevOps. */
export interface Caller {
  readonly token: string;
  readonly kind: 'job' | 'person';
  readonly id: string;
  readonly name: string;
}

export interface ApprovalAnswer {
  readonly runId: string;
  /** Also the id of the check run. */
  readonly approvalId: string;
  readonly status: 'approved' | 'rejected';
  readonly comment: string;
  readonly by: { readonly id: string; readonly name: string };
}

/** What {@link startService} stands on. */
export interface ServiceOptions {
  readonly runs: RunRecords;
  readonly environments: readonly ServiceEnvironment[];
  readonly callers: readonly Caller[];
  /** The organisation (`System.CollectionUri` ends in its name) and its id, which the issuer of ID tokens holds. */
  readonly organization: { readonly id: string; readonly name: string };
  readonly clock: Clock;
  /** A connection that jobs here may use; `undefined`: there is none of this id. */
  connection(id: string): ServiceConnectionName | undefined;
  /** Version and GUID of a task named as records name it (`DatabricksEvaluateModel@1`); `undefined`: not known here. */
  task(reference: string): { readonly id: string; readonly name: string; readonly version: string } | undefined;
  /**
   * Takes a person's answer to a pending approval and resolves once the record holds it.
   * @returns a sentence why the answer does not count, or `undefined`
   */
  answerApproval(answer: ApprovalAnswer): Promise<string | undefined>;
  /** Default: a free one. */
  readonly port?: number;
  /** Told of every defect of the service itself; default: standard error. */
  readonly onDefect?: (error: unknown) => void;
}
