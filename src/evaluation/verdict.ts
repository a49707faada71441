import type { ChampionRules, Policy } from './policy/schema';
import type { CheckResult, NextAction, ReportSummary, Verdict } from './report-types';

/**
 * The verdict over all checks. ERROR of any check but an `info` one is ERROR: what could not be judged is never a pass.
 * FAIL and INCONCLUSIVE count where the severity is `block`. A partial report is at best INCONCLUSIVE.
 */
export function verdictOf(checks: readonly CheckResult[], partial: boolean): Verdict {
  if (checks.some(isDecidingError)) {
    return 'ERROR';
  }
  if (checks.some((check) => check.severity === 'block' && check.verdict === 'FAIL')) {
    return 'FAIL';
  }
  const inconclusive = checks.some((check) => check.severity === 'block' && check.verdict === 'INCONCLUSIVE');
  return inconclusive || partial ? 'INCONCLUSIVE' : 'PASS';
}

function isDecidingError(check: CheckResult): boolean {
  return check.verdict === 'ERROR' && check.severity !== 'info';
}

/** Ids of the checks that made the verdict ERROR or FAIL. */
export function failedChecks(checks: readonly CheckResult[]): string[] {
  return checks
    .filter((check) => isDecidingError(check) || (check.severity === 'block' && check.verdict === 'FAIL'))
    .map((check) => check.id);
}

/** Counts by verdict. */
export function summaryOf(checks: readonly CheckResult[]): ReportSummary {
  const count = (verdict: CheckResult['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  return {
    pass: count('PASS'),
    fail: count('FAIL'),
    inconclusive: count('INCONCLUSIVE'),
    error: count('ERROR'),
    skipped: count('SKIPPED'),
    warn: checks.filter(
      (check) => check.severity !== 'block' && check.verdict !== 'PASS' && check.verdict !== 'SKIPPED',
    ).length,
  };
}

/** What the next action depends on. */
export interface Situation {
  readonly verdict: Verdict;
  readonly partial: boolean;
  /** There is no champion yet. */
  readonly firstModel: boolean;
  /** First level of the model's name; `undefined` when no model is named. */
  readonly catalog: string | undefined;
}

/** What happens next, and whether a person has to agree. */
export interface Outcome {
  readonly nextAction: NextAction;
  readonly approvalRequired: boolean;
  readonly notes: readonly string[];
}

/**
 * The next action by verdict and policy.
 *
 * A demand for approval binds where the catalog is in `approval.catalogs` (default: every catalog; a model without a name is bound). Elsewhere it is a note.
 * `onInconclusive: manual` and `onMissing: manual` are themselves demands for a person, also where the policy has no `approval`.
 */
export function outcomeOf(policy: Pick<Policy, 'approval' | 'champion'>, situation: Situation): Outcome {
  const { verdict, partial } = situation;
  const binds = approvalBinds(policy.approval, situation.catalog);
  const demands = demandsOf(policy, situation);
  const approvalRequired = binds && demands.length > 0;
  const notes = binds
    ? []
    : demands.map((demand) => `${demand}, but approvals do not bind in catalog ${situation.catalog}.`);
  if (verdict === 'ERROR' || partial) {
    return { nextAction: 'retry', approvalRequired, notes };
  }
  if (verdict === 'FAIL' || (verdict === 'INCONCLUSIVE' && onInconclusive(policy.champion) === 'fail')) {
    return { nextAction: 'reject', approvalRequired, notes };
  }
  return { nextAction: approvalRequired ? 'approve' : 'promote', approvalRequired, notes };
}

function onInconclusive(champion: ChampionRules | undefined): ChampionRules['onInconclusive'] {
  return champion?.onInconclusive ?? 'manual';
}

function approvalBinds(approval: Policy['approval'], catalog: string | undefined): boolean {
  return approval?.catalogs === undefined || catalog === undefined || approval.catalogs.includes(catalog);
}

function demandsOf(policy: Pick<Policy, 'approval' | 'champion'>, situation: Situation): string[] {
  const when = policy.approval?.when ?? [];
  const demands: string[] = [];
  if (when.includes('always')) {
    demands.push('The policy wants an approval always');
  }
  if (situation.firstModel && when.includes('firstModel')) {
    demands.push('The policy wants an approval of the first model');
  }
  if (situation.firstModel && policy.champion?.onMissing === 'manual') {
    demands.push('The policy leaves a model without a champion to a person');
  }
  if (situation.verdict === 'INCONCLUSIVE' && !situation.partial) {
    if (when.includes('INCONCLUSIVE')) {
      demands.push('The policy wants an approval where the comparison is inconclusive');
    }
    if (onInconclusive(policy.champion) === 'manual') {
      demands.push('The policy leaves an inconclusive comparison to a person');
    }
  }
  return demands;
}
