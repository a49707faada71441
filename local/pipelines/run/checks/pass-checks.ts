import type { LockBehavior } from '../../plan/pipeline-plan';
import type { ApprovalRecord, CheckpointRecord, CheckRunRecord, StageRecord } from '../../record/run-record';
import { idFor } from '../run-ids';
import type { ApprovalCheck, EnvironmentChecks } from '../run-request';
import { begin, end, isCanceled, now, type Run } from '../run-state';
import { type ApprovalEnding, askApproval } from './ask-approval';
import { refNotAllowed } from './branch-control';

/** How the checks of a stage ended; `left`: an approval stays pending. */
export type ChecksEnding =
  | { readonly kind: 'passed'; readonly release: () => void }
  | { readonly kind: 'left' }
  | { readonly kind: 'failed' | 'skipped' | 'canceled'; readonly note: string };

interface NamedChecks extends EnvironmentChecks {
  readonly name: string;
}

/**
 * Passes the checks of the environments that a stage uses, in the order of the platform: branch control, approvals, exclusive lock. Without any
 * check the stage gets no checkpoint at all. A rejection fails the stage, a time-out skips it. Source: the page on approvals and checks.
 * @param goesOn whether approvals that an earlier process was given, and that were not enough, still count: what was approved is as it was
 */
export async function passChecks(
  run: Run,
  stage: StageRecord,
  environments: readonly string[],
  behavior: LockBehavior,
  goesOn: boolean,
): Promise<ChecksEnding> {
  const checks = environments.map((name): NamedChecks => ({ ...run.request.environment(name), name }));
  if (
    !checks.some(
      ({ approvals, allowedBranches, exclusiveLock }) =>
        approvals.length > 0 || allowedBranches !== undefined || exclusiveLock,
    )
  ) {
    return { kind: 'passed', release: () => undefined };
  }
  const former = goesOn ? stage.checkpoint : undefined;
  const suite = openCheckpoint(run, stage);
  const ending =
    controlBranches(run, suite, checks) ??
    (await passApprovals(run, stage, suite, checks, former)) ??
    (await lock(run, suite, checks, behavior));
  if (ending.kind !== 'left') {
    const result = ending.kind === 'passed' ? 'succeeded' : ending.kind;
    end(run, suite, result);
  }
  run.request.events.changed();
  return ending;
}

/** Checks begin anew where an earlier process left them pending; they get other ids. */
function openCheckpoint(run: Run, stage: StageRecord): CheckpointRecord {
  const before = stage.checkpoint?.id ?? '';
  const suite: CheckpointRecord = {
    id: idFor(run.record.planId, 'checkpoint', stage.name, stage.attempt, before),
    state: 'pending',
    result: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    checks: [],
  };
  begin(run, suite);
  stage.checkpoint = suite;
  return suite;
}

function addCheck(
  run: Run,
  suite: CheckpointRecord,
  { name, id }: NamedChecks,
  kind: CheckRunRecord['kind'],
  approval?: ApprovalRecord,
): CheckRunRecord {
  const check: CheckRunRecord = {
    id: idFor(run.record.planId, 'check', suite.id, suite.checks.length),
    kind,
    resource: { type: 'environment', id, name },
    status: 'pending',
    createdAt: now(run),
    completedAt: undefined,
    message: undefined,
    approval,
  };
  suite.checks.push(check);
  return check;
}

function complete(run: Run, check: CheckRunRecord, status: CheckRunRecord['status'], message?: string): void {
  check.status = status;
  check.completedAt = now(run);
  check.message = message;
}

/** Looks at every repository of the run, also at those of templates. */
function controlBranches(run: Run, suite: CheckpointRecord, checks: readonly NamedChecks[]): ChecksEnding | undefined {
  const refs = [
    run.record.branch,
    ...run.request.repositories.filter(({ alias }) => alias !== 'self').map(({ ref }) => ref),
  ];
  let failure: string | undefined;
  for (const environment of checks) {
    if (environment.allowedBranches === undefined) {
      continue;
    }
    const check = addCheck(run, suite, environment, 'branchControl');
    const refused = refNotAllowed(refs, environment.allowedBranches);
    const sentence =
      refused === undefined
        ? undefined
        : `${refused} may not use environment ${environment.name}; allowed are: ${environment.allowedBranches.join(', ') || 'none'}.`;
    complete(run, check, refused === undefined ? 'approved' : 'failed', sentence);
    failure ??= sentence;
  }
  return failure === undefined ? undefined : { kind: 'failed', note: failure };
}

/** All approvals wait side by side; the first that ends otherwise than approved or bypassed ends the others. */
async function passApprovals(
  run: Run,
  stage: StageRecord,
  suite: CheckpointRecord,
  checks: readonly NamedChecks[],
  former: CheckpointRecord | undefined,
): Promise<ChecksEnding | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([run.request.signal, over.signal]);
  const asked = checks.flatMap((environment) =>
    environment.approvals.map(async (approval, index) => {
      const record = approvalRecord(run, approval, formerApproval(former, environment, index));
      const check = addCheck(run, suite, environment, 'approval', record);
      const ending = await askApproval(run, stage, check, record, signal);
      if (ending === 'rejected' || ending === 'timedOut') {
        over.abort();
      }
      return { ending, check, environment };
    }),
  );
  run.request.events.stageChanged(stage);
  run.request.events.changed();
  const endings = await Promise.all(asked);
  const find = (wanted: ApprovalEnding) => endings.find(({ ending }) => ending === wanted);
  const rejected = find('rejected');
  if (rejected !== undefined) {
    return { kind: 'failed', note: `The approval for environment ${rejected.environment.name} was rejected.` };
  }
  const timedOut = find('timedOut');
  if (timedOut !== undefined) {
    return {
      kind: 'skipped',
      note: `Nobody answered the approval for environment ${timedOut.environment.name} in time.`,
    };
  }
  if (find('canceled') !== undefined || isCanceled(run)) {
    return { kind: 'canceled', note: 'The run was cancelled while the stage waited for its checks.' };
  }
  return find('left') === undefined ? undefined : { kind: 'left' };
}

/** The same approval of an environment, as it was left. */
function formerApproval(
  former: CheckpointRecord | undefined,
  { name }: NamedChecks,
  index: number,
): ApprovalRecord | undefined {
  return former?.checks.filter(({ kind, resource }) => kind === 'approval' && resource.name === name)[index]?.approval;
}

function approvalRecord(run: Run, approval: ApprovalCheck, former: ApprovalRecord | undefined): ApprovalRecord {
  const { approvers, ...rest } = approval;
  const given = former?.steps.filter(({ status }) => status === 'approved') ?? [];
  return {
    ...rest,
    steps: approvers.map(
      (assignedApprover) =>
        given.find((step) => step.assignedApprover.id === assignedApprover.id) ?? {
          assignedApprover,
          actualApprover: undefined,
          status: 'pending',
          comment: '',
          initiatedAt: now(run),
          modifiedAt: undefined,
        },
    ),
  };
}

/** Locks are taken in the order of their names, so that two stages never wait for each other. */
async function lock(
  run: Run,
  suite: CheckpointRecord,
  checks: readonly NamedChecks[],
  behavior: LockBehavior,
): Promise<ChecksEnding> {
  const held: (() => void)[] = [];
  const release = () => {
    for (const free of held.splice(0)) {
      free();
    }
  };
  const wanted = checks.filter(({ exclusiveLock }) => exclusiveLock).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const environment of wanted) {
    const check = addCheck(run, suite, environment, 'exclusiveLock');
    check.message = `Waits for other runs that hold ${environment.name}.`;
    run.request.events.changed();
    try {
      held.push(await run.request.exclusiveLock(environment.name, run.request.signal, behavior));
    } catch (error) {
      release();
      const note = isCanceled(run)
        ? 'The run was cancelled while the stage waited for its lock.'
        : `The lock of environment ${environment.name} went to another run: ${String(error instanceof Error ? error.message : error)}`;
      complete(run, check, 'canceled', note);
      return { kind: 'canceled', note };
    }
    complete(run, check, 'approved');
  }
  if (isCanceled(run)) {
    release();
    return { kind: 'canceled', note: 'The run was cancelled while the stage waited for its checks.' };
  }
  return { kind: 'passed', release };
}
