import type { ApprovalRecord } from './run-record';

/** A minimum of 0, or of more than there are, is all of them. Source: the page on approvals and checks. */
export function approvalsWanted({
  minimumApprovers,
  steps,
}: Pick<ApprovalRecord, 'minimumApprovers' | 'steps'>): number {
  return minimumApprovers < 1 || minimumApprovers > steps.length ? steps.length : minimumApprovers;
}

/** Names of those who have approved. */
export function approvedBy(approval: Pick<ApprovalRecord, 'steps'>): readonly string[] {
  return namesWith(approval, 'approved');
}

/** Names of those who were asked and have not answered. */
export function yetToAnswer(approval: Pick<ApprovalRecord, 'steps'>): readonly string[] {
  return namesWith(approval, 'pending');
}

/** How far an approval is that wants several: `1 of 2`; empty where one is enough. */
export function approvalsGiven(approval: ApprovalRecord): string {
  const wanted = approvalsWanted(approval);
  return wanted > 1 ? `${approvedBy(approval).length} of ${wanted}` : '';
}

/** Whose approvals would be enough, as far as there are that many: of those who have not answered, without a requester who may not approve. */
export function approversToGoOn(approval: ApprovalRecord, requester: { readonly name: string }): readonly string[] {
  const missing = approvalsWanted(approval) - approvedBy(approval).length;
  return yetToAnswer(approval)
    .filter((name) => approval.requesterMayApprove || name.toUpperCase() !== requester.name.toUpperCase())
    .slice(0, missing);
}

function namesWith({ steps }: Pick<ApprovalRecord, 'steps'>, wanted: 'approved' | 'pending'): readonly string[] {
  return steps.filter(({ status }) => status === wanted).map(({ assignedApprover }) => assignedApprover.name);
}
