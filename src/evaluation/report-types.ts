import type { Hypothesis } from '../statistics/decision';
import type { ResamplingScheme } from '../statistics/resampling';
import type { MetricName, Policy, Severity } from './policy/schema';

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR';
export type CheckVerdict = Verdict | 'SKIPPED';
export type NextAction = 'promote' | 'approve' | 'reject' | 'retry';
export type CheckCategory = 'compliance' | 'data' | 'threshold' | 'champion' | 'guardrail';

/** A model version that a report is about. */
export interface ReportVersion {
  readonly version: string;
  readonly runId?: string;
  readonly aliases?: readonly string[];
}

/** How a number of a check was tested. */
export interface TestResult {
  readonly name: 'pairedBootstrap' | 'bootstrap';
  readonly method: 'percentile';
  readonly scheme: ResamplingScheme;
  readonly n: number;
  readonly iterations: number;
  readonly confidence: number;
  /** 16 hex digits: SHA-256 over policy digest, data hash and check id. */
  readonly seed: string;
  readonly hypothesis?: Hypothesis;
  /** The improvement that the hypothesis asks for, in units of the metric. */
  readonly required?: number;
  /** Of the improvement (paired) or of the challenger's metric; null with a reason when undefined. */
  readonly ci: readonly [number, number] | null;
}

/** One check of a report. */
export interface CheckResult {
  readonly id: string;
  readonly category: CheckCategory;
  readonly severity: Severity;
  readonly verdict: CheckVerdict;
  /** Stable upper-case code of what went wrong, for ERROR. */
  readonly code?: string;
  readonly metric?: MetricName;
  readonly direction?: 'higher' | 'lower' | 'zero';
  /** How f1 is formed: `binary` counts the last class of the policy as positive, `macro` is the plain mean over all classes. */
  readonly average?: 'binary' | 'macro';
  /** null when the number is not finite; `reason` says why. */
  readonly challenger?: number | null;
  readonly champion?: number | null;
  /** Challenger minus champion. */
  readonly difference?: number | null;
  /** The difference signed so that positive is better. */
  readonly improvement?: number | null;
  readonly threshold?: {
    readonly max?: number;
    readonly min?: number;
    readonly maxAbs?: number;
    readonly useBound?: 'lower' | 'upper' | 'both';
  };
  readonly test?: TestResult;
  readonly reason?: string;
  /** One sentence for people; never contains a value of a row. */
  readonly message: string;
}

/** The prediction data of a report: aggregates only. */
export interface ReportData {
  readonly source: 'table' | 'file';
  readonly table?: string;
  /** Delta version that was read. */
  readonly deltaVersion?: string;
  readonly rows: number;
  /** SHA-256, hex, over the used columns in order of id; null when the data cannot be used. */
  readonly hash: string | null;
}

/** Counts of checks. `warn` counts checks of severity warn or info that did not pass. */
export interface ReportSummary {
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly skipped: number;
  readonly warn: number;
}

/** Where a report was made. It is no part of the report's id. */
export type Provenance = Readonly<Record<string, string>>;

/** What was judged and how, before it has an id. */
export interface ReportContent {
  readonly schemaVersion: '1.0';
  readonly subject: {
    readonly model: string | null;
    readonly challenger: ReportVersion;
    readonly champion: ReportVersion | null;
  };
  readonly verdict: Verdict;
  readonly nextAction: NextAction;
  readonly approvalRequired: boolean;
  readonly partial: boolean;
  readonly failedChecks: readonly string[];
  readonly summary: ReportSummary;
  readonly notes: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly data: ReportData;
  readonly policy: {
    readonly name: string;
    readonly owner?: string;
    readonly sha256: string;
    readonly fileSha256: string;
    readonly effective: Policy;
  };
}

/** A promotion report: `report.json`. */
export interface PromotionReport extends ReportContent {
  /** `r` and 20 hex digits. */
  readonly reportId: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly provenance: Provenance;
}
