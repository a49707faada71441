import { setImmediate } from 'node:timers/promises';
import { approvalsWanted, approvedBy } from '../../record/approval-progress';
import type {
  ApprovalRecord,
  ApprovalStepRecord,
  CheckRunRecord,
  CheckStatus,
  StageRecord,
} from '../../record/run-record';
import type { Decision, PendingApproval } from '../run-request';
import { now, type Run } from '../run-state';

/** How an approval ended; `left`: nobody can answer here, it stays pending. */
export type ApprovalEnding =
  | Extract<CheckStatus, 'approved' | 'rejected' | 'timedOut' | 'bypassed' | 'canceled'>
  | 'left';

/**
 * Asks until enough approvers have agreed, one has rejected, somebody bypasses, the time is over, or nobody needs the answer any more. An answer
 * that does not count is never taken: the check says why, and the question is asked again. Source: the page on approvals and checks.
 * @param signal aborted when the run is cancelled, or when another check of the stage has failed
 */
export async function askApproval(
  run: Run,
  stage: StageRecord,
  check: CheckRunRecord,
  approval: ApprovalRecord,
  signal: AbortSignal,
): Promise<ApprovalEnding> {
  const over = new AbortController();
  const pending: PendingApproval = { stage, check, approval, signal: AbortSignal.any([signal, over.signal]) };
  const ending = await Promise.race([
    answers(run, pending, stage, check, approval),
    timeout(run, approval.timeoutMinutes, pending.signal),
    aborted(signal),
  ]);
  over.abort();
  if (ending !== 'left') {
    close(run, check, approval, ending);
  }
  return ending;
}

async function answers(
  run: Run,
  pending: PendingApproval,
  stage: StageRecord,
  check: CheckRunRecord,
  approval: ApprovalRecord,
): Promise<ApprovalEnding> {
  if (isEnough(approval)) {
    return 'approved';
  }
  for (;;) {
    run.request.events.approvalWaits(pending);
    const decision = await run.request.decide(pending);
    if (pending.signal.aborted) {
      return 'canceled';
    }
    if (decision.kind === 'left') {
      return 'left';
    }
    check.message = refusal(run, approval, decision, stage);
    if (check.message === undefined) {
      const ending = take(run, check, approval, decision);
      if (ending !== undefined) {
        return ending;
      }
    }
    run.request.events.changed();
    // Lets time pass even where answers come at once.
    await setImmediate();
  }
}

/** Whoever administers the resource may bypass; who that is, this machine does not know. */
function refusal(
  run: Run,
  approval: ApprovalRecord,
  decision: Exclude<Decision, { kind: 'left' }>,
  stage: StageRecord,
): string | undefined {
  if (decision.kind === 'bypassed') {
    return undefined;
  }
  const step = stepOf(approval, decision.by);
  if (step === undefined) {
    const names = approval.steps.map(({ assignedApprover }) => assignedApprover.name).join(', ');
    return `${decision.by} is no approver of stage ${stage.name}; approvers are: ${names}.`;
  }
  if (step.status !== 'pending') {
    return `${decision.by} has answered already; another approver has to.`;
  }
  const { requestedFor } = run.record;
  const isRequester = [requestedFor.id, requestedFor.name].some(
    (known) => same(known, step.assignedApprover.id) || same(known, step.assignedApprover.name),
  );
  return decision.kind === 'approved' && isRequester && !approval.requesterMayApprove
    ? `${decision.by} started this run and may not approve it.`
    : undefined;
}

function take(
  run: Run,
  check: CheckRunRecord,
  approval: ApprovalRecord,
  decision: Exclude<Decision, { kind: 'left' }>,
): ApprovalEnding | undefined {
  if (decision.kind === 'bypassed') {
    check.message = `Bypassed by ${decision.by}${decision.comment === '' ? '' : `: ${decision.comment}`}`;
    return 'bypassed';
  }
  const step = stepOf(approval, decision.by);
  if (step === undefined) {
    return undefined;
  }
  step.status = decision.kind;
  step.actualApprover = step.assignedApprover;
  step.comment = decision.comment;
  step.modifiedAt = now(run);
  if (decision.kind === 'rejected') {
    return 'rejected';
  }
  return isEnough(approval) ? 'approved' : undefined;
}

function isEnough(approval: ApprovalRecord): boolean {
  return approvedBy(approval).length >= approvalsWanted(approval);
}

function stepOf(approval: ApprovalRecord, who: string): ApprovalStepRecord | undefined {
  return approval.steps.find(
    ({ assignedApprover }) => same(assignedApprover.name, who) || same(assignedApprover.id, who),
  );
}

function same(left: string, right: string): boolean {
  return left.toUpperCase() === right.toUpperCase();
}

/** Steps that nobody answered end as the whole does: an approval needs no more of them, a rejection and a bypass neither. */
function close(
  run: Run,
  check: CheckRunRecord,
  approval: ApprovalRecord,
  ending: Exclude<ApprovalEnding, 'left'>,
): void {
  check.status = ending;
  check.completedAt = now(run);
  for (const step of approval.steps) {
    if (step.status === 'pending') {
      step.status = ending === 'timedOut' || ending === 'canceled' ? ending : 'skipped';
      step.modifiedAt = check.completedAt;
    }
  }
  run.request.events.changed();
}

async function timeout(run: Run, minutes: number, signal: AbortSignal): Promise<ApprovalEnding> {
  try {
    await run.request.clock.sleep(minutes * 60_000, signal);
    return 'timedOut';
  } catch (error) {
    if (signal.aborted) {
      return 'canceled';
    }
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<ApprovalEnding> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve('canceled');
    } else {
      signal.addEventListener('abort', () => resolve('canceled'), { once: true });
    }
  });
}
