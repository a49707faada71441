import type { NextAction, ReportContent } from '../evaluation/report-types';

const VERBS: Readonly<Record<NextAction, string>> = {
  promote: 'Promote',
  approve: 'Approve',
  reject: 'Reject',
  retry: 'Evaluate again',
};

/** The sentence to act on: *Promote diabetes 18 (champion is 17): PASS, report r3f9a1c*. */
export function decisionSentence(report: ReportContent & { readonly reportId: string }): string {
  const { model, challenger, champion } = report.subject;
  const name = model === null ? report.policy.name : (model.split('.').at(-1) ?? model);
  const reigning = champion === null ? 'there is no champion' : `champion is ${champion.version}`;
  const partial = report.partial ? ' (partial)' : '';
  return `${VERBS[report.nextAction]} ${name} ${challenger.version} (${reigning}): ${report.verdict}${partial}, report ${report.reportId}`;
}
