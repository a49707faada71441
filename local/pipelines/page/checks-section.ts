import { counted } from '../../../src/counted';
import { durationText } from '../../duration-text';
import { type Html, html } from '../../html';
import type { ApprovalRecord, CheckpointRecord, CheckRunRecord } from '../record/run-record';
import { checkBadge } from './states';
import { moment } from './times';

const KINDS: Readonly<Record<CheckRunRecord['kind'], string>> = {
  approval: 'Approval',
  branchControl: 'Branch control',
  businessHours: 'Business hours',
  exclusiveLock: 'Exclusive lock',
};

/** The checks that stand before a stage: who was asked, who answered what, and when. */
export function checksSection({ checks }: CheckpointRecord): Html {
  return html`<h3>${counted(checks.length, 'check')}</h3>${checks.map(check)}`;
}

function check({ kind, resource, status, createdAt, completedAt, message, approval }: CheckRunRecord): Html {
  return html`<div class="${status === 'pending' ? 'notice s-waiting' : 'notice'}"><p>${checkBadge(status)} ${KINDS[kind]} of ${resource.type} <b>${resource.name}</b></p>
<p class="muted">Asked ${moment(createdAt)}${completedAt === undefined ? '' : html`, ended ${moment(completedAt)}`}</p>
${message === undefined ? undefined : html`<p>${message}</p>`}
${approval === undefined ? undefined : approvalTable(approval)}</div>`;
}

function approvalTable({
  minimumApprovers,
  requesterMayApprove,
  instructions,
  timeoutMinutes,
  steps,
}: ApprovalRecord): Html {
  const wanted = minimumApprovers <= 0 ? 'Everybody asked must approve' : `At least ${minimumApprovers} must approve`;
  const requester = requesterMayApprove ? 'who queued the run may approve' : 'who queued the run may not approve';
  return html`${instructions === '' ? undefined : html`<p>${instructions}</p>`}
<p class="muted">${wanted}; ${requester}; time-out after ${durationText(timeoutMinutes * 60_000)}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Approvers"><table><thead><tr><th scope="col">Asked</th><th scope="col">Answer</th><th scope="col">By</th><th scope="col">When</th><th scope="col">Comment</th></tr></thead><tbody>
${steps.map(
  (
    step,
  ) => html`<tr><td>${step.assignedApprover.name}</td><td>${checkBadge(step.status)}</td><td>${step.actualApprover?.name ?? '–'}</td>
<td>${step.modifiedAt === undefined ? '–' : moment(step.modifiedAt)}</td><td>${step.comment}</td></tr>`,
)}</tbody></table></div>`;
}
