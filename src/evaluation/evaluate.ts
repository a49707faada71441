import { type Comparison, judgeComparison } from './checks/champion';
import { judgeCompliance } from './checks/compliance';
import { judgeThreshold } from './checks/thresholds';
import type { ModelFacts } from './model-facts';
import type { EffectivePolicy } from './policy/parse-policy';
import { guardrailId, primaryId, thresholdId } from './policy/rules';
import type { MetricName, Policy } from './policy/schema';
import type { DataProblem, PredictionNeeds, Predictions, RawPredictions } from './predictions';
import { preparePredictions } from './prepare-predictions';
import type { CheckResult, ReportContent, ReportData, ReportVersion } from './report-types';
import { roundNumbers } from './round-numbers';
import { seedFor } from './seed';
import { failedChecks, outcomeOf, summaryOf, verdictOf } from './verdict';

/** What is judged. */
export interface Subject {
  /** Three-level name; null for files that are judged without a registry. */
  readonly model: string | null;
  readonly challenger: ReportVersion;
  /** null only when there definitely is no champion. */
  readonly champion: ReportVersion | null;
  /** `undefined` when no registry was asked. */
  readonly facts: ModelFacts | undefined;
}

/** The predictions that are judged, and where they come from. */
export interface PredictionData {
  readonly raw: RawPredictions;
  readonly source:
    | { readonly kind: 'table'; readonly table: string; readonly deltaVersion: string }
    | { readonly kind: 'file' };
}

/** The predictions that the metrics of a policy need. */
export function needsOf(policy: Policy): PredictionNeeds {
  const metrics: MetricName[] = [
    ...policy.thresholds.map((rule) => rule.metric),
    ...(policy.champion === undefined
      ? []
      : [policy.champion.primary.metric, ...policy.champion.guardrails.map((rule) => rule.metric)]),
  ];
  return {
    labels: metrics.some((metric) => metric === 'accuracy' || metric === 'f1'),
    probabilities: metrics.includes('log_loss'),
  };
}

/** Whether the champion's predictions are compared. */
export function comparesChampion(policy: Policy, champion: ReportVersion | null): boolean {
  return champion !== null && policy.champion !== undefined;
}

/** Judges a challenger by a policy. Pure: the same arguments give the same content, on every machine. */
export function evaluate(effective: EffectivePolicy, subject: Subject, data: PredictionData): ReportContent {
  const { policy } = effective;
  const compare = comparesChampion(policy, subject.champion);
  const pinned = { challenger: subject.challenger.version, champion: subject.champion?.version };
  const { predictions, problems } = preparePredictions(data.raw, policy.model, needsOf(policy), pinned, compare);
  const tooFew = data.raw.rows < policy.data.minRows;
  const usable = tooFew ? undefined : predictions;
  const compliance = judgeCompliance(policy.compliance, subject.facts);
  const checks = [
    ...compliance,
    dataCheck(policy, data.raw.rows, problems, subject.champion !== null),
    ...thresholdChecks(effective, usable),
    ...championChecks(effective, subject, usable),
  ];
  const partial = compliance.some((check) => check.verdict === 'SKIPPED');
  const verdict = verdictOf(checks, partial);
  const outcome = outcomeOf(policy, {
    verdict,
    partial,
    firstModel: subject.champion === null,
    catalog: subject.model?.split('.')[0],
  });
  return {
    schemaVersion: '1.0',
    subject: { model: subject.model, challenger: subject.challenger, champion: subject.champion },
    verdict,
    nextAction: outcome.nextAction,
    approvalRequired: outcome.approvalRequired,
    partial,
    failedChecks: failedChecks(checks),
    summary: summaryOf(checks),
    notes: outcome.notes,
    checks: checks.map(roundNumbers),
    data: reportData(data, usable),
    policy: {
      name: policy.metadata.name,
      ...(policy.metadata.owner === undefined ? {} : { owner: policy.metadata.owner }),
      sha256: effective.sha256,
      fileSha256: effective.fileSha256,
      effective: policy,
    },
  };
}

function reportData(data: PredictionData, predictions: Predictions | undefined): ReportData {
  const { source } = data;
  return {
    source: source.kind,
    ...(source.kind === 'table' ? { table: source.table, deltaVersion: source.deltaVersion } : {}),
    rows: data.raw.rows,
    hash: predictions?.hash ?? null,
  };
}

function dataCheck(policy: Policy, rows: number, problems: readonly DataProblem[], reigned: boolean): CheckResult {
  const base = { id: 'data', category: 'data', severity: 'block' } as const;
  const [first] = problems;
  if (first !== undefined) {
    return {
      ...base,
      verdict: 'ERROR',
      code: first.code,
      message: problems.map((problem) => problem.message).join(' '),
    };
  }
  if (rows < policy.data.minRows) {
    return {
      ...base,
      verdict: 'ERROR',
      code: 'TOO_FEW_ROWS',
      message: `There are ${rows} of at least ${policy.data.minRows} rows, so no aggregate of them is shown.`,
    };
  }
  if (policy.model.versionColumns !== 'none') {
    return { ...base, verdict: 'PASS', message: `${rows} rows, each with one id, all values and the judged versions.` };
  }
  const complete = `${rows} rows, each with one id and all values`;
  // Without version columns nothing shows whose predictions these are; that may be enough for a first model, never against a champion.
  return reigned
    ? {
        ...base,
        verdict: 'INCONCLUSIVE',
        message: `${complete}, but none names the versions that were scored, so nothing is proven against the champion.`,
      }
    : { ...base, verdict: 'PASS', message: `${complete}; none names the version that was scored.` };
}

const UNUSABLE = 'Not judged, because the prediction data cannot be used.';

function thresholdChecks({ policy, sha256 }: EffectivePolicy, predictions: Predictions | undefined): CheckResult[] {
  return policy.thresholds.map((rule) =>
    predictions === undefined
      ? {
          id: thresholdId(rule),
          category: 'threshold',
          severity: rule.severity,
          verdict: 'SKIPPED',
          metric: rule.metric,
          message: UNUSABLE,
        }
      : judgeThreshold(rule, predictions, (id) => seedFor(sha256, predictions.hash, id)),
  );
}

function championChecks(
  { policy, sha256 }: EffectivePolicy,
  subject: Subject,
  predictions: Predictions | undefined,
): CheckResult[] {
  if (policy.champion === undefined) {
    return [];
  }
  const { primary, guardrails, onMissing } = policy.champion;
  const comparisons: Comparison[] = [
    { id: primaryId(primary), category: 'champion', severity: 'block', rule: primary },
    ...guardrails.map((rule) => ({
      id: guardrailId(rule),
      category: 'guardrail' as const,
      severity: rule.severity,
      rule,
    })),
  ];
  return comparisons.map((comparison) => {
    const { id, category, severity, rule } = comparison;
    const base = { id, category, severity, metric: rule.metric };
    if (subject.champion === null) {
      const failing = onMissing === 'fail' && category === 'champion';
      const message = failing
        ? 'There is no champion, and the policy wants one.'
        : 'There is no champion to compare with.';
      return { ...base, verdict: failing ? 'FAIL' : 'SKIPPED', message };
    }
    if (predictions === undefined) {
      return { ...base, verdict: 'SKIPPED', message: UNUSABLE };
    }
    return judgeComparison(comparison, predictions, (checkId) => seedFor(sha256, predictions.hash, checkId));
  });
}
