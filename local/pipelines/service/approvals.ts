import type { ApprovalRecord, ApprovalStepRecord, CheckRunRecord, CheckStatus } from '../record/run-record';
import { buildUrl, identity } from './addresses';
import { runsOf } from './find-run';
import type { ApprovalAnswer, RecordedRun } from './ports';
import { type Call, collection, json, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';

/** Approvals (`Approvals - Query`, `Get`, `Update`, api-version 7.1). */
export const approvals: Resource = {
  area: 'pipelines',
  name: 'approvals',
  locationId: undefined,
  template: '{project}/_apis/{area}/{resource}/{approvalId}',
  resourceVersion: 1,
  operations: [
    {
      method: 'GET',
      summary:
        'Approvals by `approvalIds`, `state`, `assignedTo` or `userIds`, `top`; one by its id; `$expand=steps` shows who answered',
      answer: (call) =>
        call.values['approvalId'] === undefined
          ? collection(queried(call).map((each) => approvalOf(call, each)))
          : json(approvalOf(call, found(call, call.values['approvalId']))),
    },
    {
      method: 'PATCH',
      summary: 'Answers approvals, as a person: `[{"approvalId", "status": "approved" | "rejected", "comment"}]`',
      answer: update,
    },
  ],
};

interface Approval {
  readonly run: RecordedRun;
  readonly check: CheckRunRecord;
  readonly approval: ApprovalRecord;
}

function all(call: Call): Approval[] {
  return runsOf(call).flatMap((run) =>
    run.record.stages.flatMap(({ checkpoint }) =>
      (checkpoint?.checks ?? []).flatMap((check) =>
        check.approval === undefined ? [] : [{ run, check, approval: check.approval }],
      ),
    ),
  );
}

function queried(call: Call): Approval[] {
  const list = (name: string) => (call.query.get(name) ?? '').split(',').filter((item) => item !== '');
  const ids = list('approvalIds').map((id) => id.toLowerCase());
  const state = call.query.get('state') ?? 'all';
  const people = [...list('assignedTo'), ...list('userIds')].map((person) => person.toLowerCase());
  const top = call.query.get('top');
  if (top !== null && !/^\d{1,9}$/.test(top)) {
    throw badRequest(`'top' is not a count: '${top}'.`);
  }
  return all(call)
    .filter(({ check }) => ids.length === 0 || ids.includes(check.id.toLowerCase()))
    .filter(({ check }) => state === 'all' || statusOf(check.status) === state)
    .filter(
      ({ approval }) =>
        people.length === 0 ||
        approval.steps.some(({ assignedApprover: { id, name } }) =>
          [id, name].some((text) => people.includes(text.toLowerCase())),
        ),
    )
    .slice(0, top === null ? undefined : Number(top));
}

function found(call: Call, id: string): Approval {
  const approval = all(call).find(({ check }) => check.id.toLowerCase() === id.toLowerCase());
  if (approval === undefined) {
    throw new ServiceError(404, 'ApprovalNotFoundException', `Approval with id ${id} not found.`);
  }
  return approval;
}

/** An approval knows no `bypassed`: it is skipped then [U]; only the check run tells. */
function statusOf(status: CheckStatus): string {
  return status === 'bypassed' ? 'skipped' : status;
}

function approvalOf(call: Call, { run, check, approval }: Approval): Record<string, unknown> {
  const { record } = run;
  const expand = (call.query.get('$expand') ?? '').split(',');
  const url = `${call.collectionUrl}${record.project.id}/_apis/pipelines/approvals/${check.id}`;
  return {
    id: check.id,
    ...(expand.includes('steps') ? { steps: approval.steps.map(stepOf) } : {}),
    status: statusOf(check.status),
    createdOn: check.createdAt,
    lastModifiedOn: check.completedAt ?? lastModified(approval) ?? check.createdAt,
    executionOrder: 'anyOrder',
    minRequiredApprovers: approval.minimumApprovers,
    blockedApprovers: [],
    instructions: approval.instructions,
    pipeline: {
      owner: {
        _links: {
          web: { href: `${call.collectionUrl}${record.project.id}/_build/results?buildId=${record.id}` },
          self: { href: buildUrl(call, run) },
        },
        id: Number(record.id),
        name: record.number,
      },
      id: record.pipeline.id,
      name: record.pipeline.name,
    },
    _links: { self: { href: url } },
  };
}

function stepOf(step: ApprovalStepRecord, index: number): Record<string, unknown> {
  return {
    assignedApprover: identity(step.assignedApprover),
    ...(step.actualApprover === undefined ? {} : { actualApprover: identity(step.actualApprover) }),
    status: step.status,
    comment: step.comment,
    initiatedOn: step.initiatedAt,
    lastModifiedOn: step.modifiedAt ?? step.initiatedAt,
    order: index + 1,
    history: [],
  };
}

function lastModified({ steps }: ApprovalRecord): string | undefined {
  return steps
    .flatMap(({ modifiedAt }) => modifiedAt ?? [])
    .sort()
    .at(-1);
}

async function update(call: Call) {
  if (call.caller.kind === 'job') {
    throw new ServiceError(
      403,
      'ApprovalUnauthorizedException',
      'The token of a job cannot answer an approval: only a person can.',
    );
  }
  const answers = readAnswers(await call.json(), call);
  const updated: Approval[] = [];
  for (const answer of answers) {
    const refusal = await call.options.answerApproval(answer);
    if (refusal !== undefined) {
      throw new ServiceError(403, 'ApprovalUnauthorizedException', refusal);
    }
    updated.push(found(call, answer.approvalId));
  }
  return collection(updated.map((each) => approvalOf(call, each)));
}

function readAnswers(body: unknown, call: Call): ApprovalAnswer[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw badRequest('The body must be a JSON array of answers.');
  }
  return body.map((item: unknown) => {
    const { approvalId, status, comment = '', ...rest } = (item ?? {}) as Record<string, unknown>;
    const more = Object.keys(rest)[0];
    if (typeof approvalId !== 'string' || typeof comment !== 'string' || more !== undefined) {
      throw badRequest(
        more === undefined
          ? "Each answer needs 'approvalId' and 'status'; 'comment' is text."
          : `'${more}' of an answer is not supported here.`,
      );
    }
    if (status !== 'approved' && status !== 'rejected') {
      throw badRequest(`'status' of an answer must be approved or rejected, not '${String(status)}'.`);
    }
    const { run, check } = found(call, approvalId);
    if (check.status !== 'pending') {
      throw new ServiceError(
        400,
        'ApprovalAlreadyCompletedException',
        `Approval ${check.id} is not pending any more: it is ${statusOf(check.status)}.`,
      );
    }
    const by = { id: call.caller.id, name: call.caller.name };
    return { runId: run.record.id, approvalId: check.id, status, comment, by };
  });
}
