import assert from 'node:assert/strict';
import * as azureDevOps from 'azure-devops-node-api';
import type { CheckRunRecord } from '../../../../../local/pipelines/record/run-record';
import type { ApprovalAnswer, ServiceEnvironment } from '../../../../../local/pipelines/service/ports';
import type { RunningService } from '../../../../../local/pipelines/service/start-service';
import { jsonOf } from '../../../../support/json-of';
import {
  checkpointRecord,
  devOpsRequest,
  guid,
  JOB,
  jobRecord,
  PERSON,
  PROJECT,
  recordedRun,
  serviceOver,
  stageRecord,
} from '../../../../support/recorded-run';

const MODEL = { type: 'environment', id: '12', name: 'mlops-churn-prod-model' } as const;

function approvalCheck(id: number, more: Partial<CheckRunRecord> = {}): CheckRunRecord {
  return {
    id: guid(id),
    kind: 'approval',
    resource: MODEL,
    status: 'pending',
    createdAt: '2026-01-05T09:00:00Z',
    completedAt: undefined,
    message: undefined,
    approval: {
      minimumApprovers: 1,
      requesterMayApprove: false,
      instructions: 'Look at the report.',
      timeoutMinutes: 1440,
      steps: [
        {
          assignedApprover: { id: PERSON.id, name: PERSON.name },
          actualApprover: undefined,
          status: 'pending',
          comment: '',
          initiatedAt: '2026-01-05T09:00:00Z',
          modifiedAt: undefined,
        },
      ],
    },
    ...more,
  };
}

const ENVIRONMENTS: readonly ServiceEnvironment[] = [
  {
    name: MODEL.name,
    checks: {
      id: MODEL.id,
      approvals: [
        {
          approvers: [{ id: PERSON.id, name: PERSON.name }],
          minimumApprovers: 1,
          requesterMayApprove: false,
          instructions: 'Look at the report.',
          timeoutMinutes: 1440,
        },
      ],
      allowedBranches: ['refs/heads/main', 'refs/heads/release/*'],
      exclusiveLock: true,
    },
  },
  { name: 'open', checks: { id: '13', approvals: [], allowedBranches: undefined, exclusiveLock: false } },
];

describe('Azure DevOps stand-in: checks, approvals and environments', () => {
  let service: RunningService;
  let answers: ApprovalAnswer[];
  let refusal: string | undefined;
  let pending: CheckRunRecord;

  beforeEach(async () => {
    answers = [];
    refusal = undefined;
    pending = approvalCheck(31);
    const bypassed = approvalCheck(41, { status: 'bypassed', completedAt: '2026-01-05T09:05:00Z' });
    const lock: CheckRunRecord = {
      ...approvalCheck(32),
      kind: 'exclusiveLock',
      status: 'approved',
      approval: undefined,
      completedAt: '2026-01-05T09:00:01Z',
    };
    const run = recordedRun('5', {
      stages: [
        stageRecord(30, 'approve_promote_prod', {
          state: 'pending',
          result: undefined,
          checkpoint: { ...checkpointRecord(33, [pending, lock]), state: 'inProgress', result: undefined },
          jobs: [jobRecord(35, { state: 'pending', result: undefined })],
        }),
        stageRecord(40, 'unguarded'),
        stageRecord(42, 'bypassed', { checkpoint: checkpointRecord(43, [bypassed]) }),
      ],
    });
    service = await serviceOver([run], {
      environments: ENVIRONMENTS,
      answerApproval: async (answer) => {
        answers.push(answer);
        if (refusal === undefined) {
          pending.status = answer.status;
          pending.completedAt = '2026-01-05T09:10:00Z';
        }
        return refusal;
      },
    });
  });

  afterEach(() => service.stop());

  const get = async (path: string) => jsonOf(await devOpsRequest(service.url, `${PROJECT.name}/_apis/${path}`));
  const patch = (body: unknown, token = PERSON.token) =>
    devOpsRequest(service.url, `${PROJECT.id}/_apis/pipelines/approvals?api-version=7.1`, {
      method: 'PATCH',
      body: JSON.stringify(body),
      token,
    });

  it('shows checkpoint and approval below their stage in the timeline, and none where there is no check', async () => {
    const builds = await new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token)).getBuildApi();
    const { records = [] } = await builds.getBuildTimeline(PROJECT.name, 5);
    assert.deepEqual(
      records
        .filter(({ type }) => type?.startsWith('Checkpoint'))
        .map(({ type, id, parentId }) => [type, id, parentId]),
      [
        ['Checkpoint', guid(33), guid(30)],
        ['Checkpoint.Approval', guid(31), guid(33)],
        ['Checkpoint', guid(43), guid(42)],
        ['Checkpoint.Approval', guid(41), guid(43)],
      ],
    );
  });

  it('gives the check suite of a checkpoint, with resources where asked', async () => {
    const suite = await get(`pipelines/checks/runs/${guid(33)}?$expand=resources&api-version=7.1-preview.1`);
    assert.equal(suite.status, 'running');
    assert.deepEqual(suite.resources, [MODEL]);
    assert.deepEqual(
      suite.checkRuns.map(({ id, status, checkConfigurationRef }: Record<string, { type: { name: string } }>) => [
        id,
        status,
        checkConfigurationRef?.type.name,
      ]),
      [
        [guid(31), 'running', 'Approval'],
        [guid(32), 'approved', 'ExclusiveLock'],
      ],
    );
    assert.equal('resources' in (await get(`pipelines/checks/runs/${guid(33)}`)), false);
  });

  it('never calls approved what was bypassed', async () => {
    const suite = await get(`pipelines/checks/runs/${guid(43)}`);
    assert.equal(suite.checkRuns[0].status, 'bypassed');
    assert.equal((await get(`pipelines/approvals/${guid(41)}`)).status, 'skipped');
  });

  it('answers 404 for a suite, approval or environment that is not there', async () => {
    for (const path of ['pipelines/checks/runs/x', 'pipelines/approvals/x', 'pipelines/environments/99']) {
      const answer = await devOpsRequest(service.url, `${PROJECT.name}/_apis/${path}`);
      assert.equal(answer.status, 404, path);
      assert.match((await jsonOf(answer)).typeKey, /NotFoundException$/);
    }
  });

  it('gives approvals by id and by query, with steps where asked', async () => {
    const one = await get(`pipelines/approvals/${guid(31)}?$expand=steps&api-version=7.1`);
    assert.deepEqual(
      [one.id, one.status, one.minRequiredApprovers, one.steps[0].status, one.steps[0].assignedApprover.displayName],
      [guid(31), 'pending', 1, 'pending', PERSON.name],
    );
    assert.equal(one.pipeline.owner.id, 5);
    const ids = async (query: string) =>
      (await get(`pipelines/approvals?${query}`)).value.map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids(`approvalIds=${guid(41)},${guid(31)}`), [guid(31), guid(41)]);
    assert.deepEqual(await ids('state=pending'), [guid(31)]);
    assert.deepEqual(await ids('assignedTo=nobody'), []);
    assert.deepEqual(await ids(`userIds=${PERSON.id}&top=1`), [guid(31)]);
    assert.equal('steps' in (await get(`pipelines/approvals/${guid(31)}`)), false);
  });

  it("hands a person's answer on and shows what came of it", async () => {
    const answer = await patch([{ approvalId: guid(31), status: 'approved', comment: 'Good.' }]);
    assert.equal(answer.status, 200);
    assert.equal((await jsonOf(answer)).value[0].status, 'approved');
    const by = { id: PERSON.id, name: PERSON.name };
    assert.deepEqual(answers, [{ runId: '5', approvalId: guid(31), status: 'approved', comment: 'Good.', by }]);
    const again = await patch([{ approvalId: guid(31), status: 'rejected' }]);
    assert.equal(again.status, 400);
    assert.match((await jsonOf(again)).message, /not pending any more: it is approved/);
  });

  it('takes no answer from the token of a job, and says why an answer does not count', async () => {
    assert.equal((await patch([{ approvalId: guid(31), status: 'approved' }], JOB.token)).status, 403);
    assert.deepEqual(answers, []);
    refusal = 'The approver queued the run.';
    const refused = await patch([{ approvalId: guid(31), status: 'approved' }]);
    assert.equal(refused.status, 403);
    assert.equal((await jsonOf(refused)).message, 'The approver queued the run.');
  });

  it('refuses an answer that it cannot take', async () => {
    for (const body of [
      {},
      [],
      [{ approvalId: guid(31) }],
      [{ approvalId: guid(31), status: 'approved', reassignTo: {} }],
      [null],
    ]) {
      assert.equal((await patch(body)).status, 400, JSON.stringify(body));
    }
    assert.deepEqual(answers, []);
  });

  it('lists the checks of an environment', async () => {
    const list = await get('pipelines/checks/configurations?resourceType=environment&resourceId=12&$expand=settings');
    assert.deepEqual(
      list.value.map(({ id, type }: { id: number; type: { name: string } }) => [id, type.name]),
      [
        [12001, 'Task Check'],
        [12002, 'ExclusiveLock'],
        [12003, 'Approval'],
      ],
    );
    assert.equal(list.value[0].settings.inputs.allowedBranches, 'refs/heads/main,refs/heads/release/*');
    assert.deepEqual(list.value[2].settings.requesterCannotBeApprover, true);
    assert.equal((await get('pipelines/checks/configurations/12003')).timeout, 1440);
    assert.equal((await get('pipelines/checks/configurations?resourceType=environment&resourceId=13')).count, 0);
    const suite = await get(`pipelines/checks/runs/${guid(33)}`);
    assert.equal(suite.checkRuns[0].checkConfigurationRef.id, 12003);
  });

  it('lists environments at both addresses, to the client too', async () => {
    const api = await new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token)).getTaskAgentApi();
    assert.deepEqual(
      (await api.getEnvironments(PROJECT.name)).map(({ id, name }) => [id, name]),
      [
        [12, MODEL.name],
        [13, 'open'],
      ],
    );
    assert.deepEqual(
      (await api.getEnvironments(PROJECT.name, 'OPEN')).map(({ id }) => id),
      [13],
    );
    assert.equal((await api.getEnvironmentById(PROJECT.name, 12)).name, MODEL.name);
    assert.equal((await get('pipelines/environments?name=open')).value[0].id, 13);
  });
});
