import type { TaskOutcome } from '../../src/agent/task-context';
import type { EffectivePolicy } from '../../src/evaluation/policy/parse-policy';
import type { PromotionReport } from '../../src/evaluation/report-types';
import { escapeMarkdown } from '../../src/markdown';
import { decisionSentence } from '../../src/report/decision-sentence';
import { reportSummary } from '../../src/report/markdown';
import type { SealedReport } from '../../src/report/seal-report';
import { VERDICT_FAILURES } from './verdict-failures';

/** The policy can be used. */
export function lintedOutcome({ policy, sha256 }: EffectivePolicy, file: string): TaskOutcome {
  const rules =
    policy.compliance.length +
    policy.thresholds.length +
    (policy.champion === undefined ? 0 : 1 + policy.champion.guardrails.length);
  return {
    decision: `Policy ${policy.metadata.name} can be used: ${rules} rules.`,
    summary: `Digest of the effective policy: ${sha256}. File: ${escapeMarkdown(file)}.`,
    attachment: { kind: 'policy', content: { name: policy.metadata.name, sha256, effective: policy } },
  };
}

/**
 * The verdict, and whether it fails the step.
 * @param workspaceUrl workspace of the versions; `''` when none was asked
 */
export function evaluatedOutcome(
  { report, digest }: SealedReport,
  path: string,
  failOn: readonly string[],
  workspaceUrl: string,
): TaskOutcome {
  const decision = decisionSentence(report);
  return {
    decision,
    ...failureOf(report, decision, failOn),
    summary: reportSummary(report, digest, workspaceUrl),
    attachment: { kind: 'report', path },
  };
}

function failureOf(
  { verdict, checks, failedChecks }: PromotionReport,
  decision: string,
  failOn: readonly string[],
): Pick<TaskOutcome, 'failure'> {
  if (verdict === 'PASS' || !failOn.includes(verdict)) {
    return {};
  }
  const failed = checks.filter((check) => failedChecks.includes(check.id));
  const { code, message, todo } = VERDICT_FAILURES[verdict];
  const reasons = failed.length === 0 ? message : failed.map((check) => `${check.id}: ${check.message}`).join(' ');
  return { failure: { code, message: `${decision}. ${reasons} ${todo}` } };
}
