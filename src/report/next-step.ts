import type { PromotionReport } from '../evaluation/report-types';

/** What a person does with this report, one or two sentences. */
export function nextStep(report: PromotionReport): string {
  const { challenger, champion } = report.subject;
  const stays = champion === null ? 'there stays no champion' : `champion ${champion.version} stays`;
  switch (report.nextAction) {
    case 'promote':
      return `Next: DatabricksPromoteModel with this report makes version ${challenger.version} the champion.`;
    case 'approve':
      return `Next: a person decides on this evidence; only an approval of version ${challenger.version} lets it become champion. Until then ${stays}.`;
    case 'reject':
      return report.verdict === 'INCONCLUSIVE'
        ? `Next: evaluate on more rows or train again; the policy takes a comparison that is not settled as a no, so ${stays}.`
        : `Next: train again; ${stays}.`;
    case 'retry':
      return report.verdict === 'ERROR'
        ? `Next: correct what could not be judged and evaluate again; ${stays}.`
        : `Next: evaluate again with a connection, because checks that ask the registry were left out; ${stays}.`;
  }
}
