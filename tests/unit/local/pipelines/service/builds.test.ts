import assert from 'node:assert/strict';
import { text as textOf } from 'node:stream/consumers';
import * as azureDevOps from 'azure-devops-node-api';
import {
  BuildReason,
  BuildResult,
  BuildStatus,
  TaskResult,
  TimelineRecordState,
} from 'azure-devops-node-api/interfaces/BuildInterfaces';
import type { RunningService } from '../../../../../local/pipelines/service/start-service';
import {
  guid,
  JOB,
  jobRecord,
  PROJECT,
  putArtifact,
  putFile,
  recordedRun,
  serviceOver,
  stageRecord,
  stepRecord,
} from '../../../../support/recorded-run';
import { unzip } from '../../../../support/zip-files';

describe('Azure DevOps stand-in: builds, by its own clients', () => {
  let service: RunningService;
  let builds: Awaited<ReturnType<azureDevOps.WebApi['getBuildApi']>>;
  const first = recordedRun('1', {
    state: 'completed',
    result: 'succeededWithIssues',
    finishedAt: '2026-01-05T08:30:00Z',
    tags: ['release'],
  });
  const second = recordedRun('2', {
    reason: 'pullRequest',
    branch: 'refs/pull/4/merge',
    stages: [
      stageRecord(10, 'train', {
        result: 'failed',
        jobs: [jobRecord(11, { steps: [stepRecord(12, { result: 'failed' })] })],
      }),
      stageRecord(20, 'train', {
        attempt: 2,
        state: 'inProgress',
        result: undefined,
        jobs: [
          jobRecord(21, {
            attempt: 2,
            state: 'inProgress',
            result: undefined,
            steps: [
              stepRecord(22, {
                task: 'DatabricksEvaluateModel@1',
                name: 'evaluate',
                startedAt: '2026-01-05T08:10:00Z',
                issues: [{ type: 'error', message: 'No.', code: 'REPORT', file: 'a.py', line: 3, column: undefined }],
                attachments: [
                  { type: 'databricks-mlops.report', name: 'report.json', file: 'attachments/a' },
                  { type: 'databricks-mlops.report', name: '../../etc/passwd', file: 'attachments/b' },
                ],
              }),
              stepRecord(23, { state: 'pending', result: undefined, startedAt: undefined, finishedAt: undefined }),
            ],
          }),
        ],
      }),
    ],
  });

  before(async () => {
    putFile(second, 'logs/12.log', 'first attempt\n');
    putFile(second, 'logs/22.log', 'one\ntwo\nthree\n');
    putFile(second, 'attachments/a', '{"a":1}');
    putFile(second, 'attachments/b', 'content of b');
    putArtifact(second, 'evidence', { 'report.json': '{}', 'deep/er/x.bin': Buffer.from([0, 1, 2, 255]) });
    putArtifact(second, 'model', { MLmodel: 'flavors' }, 'pipeline');
    putArtifact(second, 'nothing', {});
    service = await serviceOver([first, second], {
      task: (name) =>
        name === 'DatabricksEvaluateModel@1'
          ? { id: guid(500), name: 'DatabricksEvaluateModel', version: '1.2.3' }
          : undefined,
    });
    builds = await new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token)).getBuildApi();
  });

  after(() => service.stop());

  it('gives a run by project name and by id', async () => {
    const build = await builds.getBuild(PROJECT.name, 1);
    assert.deepEqual(
      [
        build.id,
        build.buildNumber,
        build.status,
        build.result,
        build.reason,
        build.tags,
        build.sourceBranch,
        build.definition?.name,
        build.orchestrationPlan?.planId,
      ],
      [
        1,
        '2026.1.1',
        BuildStatus.Completed,
        BuildResult.PartiallySucceeded,
        BuildReason.IndividualCI,
        ['release'],
        'refs/heads/main',
        'release',
        guid(801),
      ],
    );
    assert.deepEqual(build.finishTime, new Date('2026-01-05T08:30:00Z'));
    assert.equal((await builds.getBuild(PROJECT.id, 2)).status, BuildStatus.InProgress);
  });

  it('knows no run that is not there, and none of another project', async () => {
    assert.equal(await builds.getBuild(PROJECT.name, 3), null);
    assert.equal(await builds.getBuild('another', 1), null);
  });

  const idsWhere = async (
    filter: Partial<Record<'branch' | 'tag', string>> & {
      status?: BuildStatus;
      result?: BuildResult;
      reason?: BuildReason;
      top?: number;
    },
  ) =>
    (
      await builds.getBuilds(
        PROJECT.name,
        [7],
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        filter.reason,
        filter.status,
        filter.result,
        filter.tag === undefined ? undefined : [filter.tag],
        undefined,
        filter.top,
        undefined,
        undefined,
        undefined,
        undefined,
        filter.branch,
      )
    ).map(({ id }) => id);

  it('lists runs, the latest first, by the filters that the client sends', async () => {
    assert.deepEqual(await idsWhere({}), [2, 1]);
    assert.deepEqual(await idsWhere({ top: 1 }), [2]);
    assert.deepEqual(await idsWhere({ status: BuildStatus.Completed }), [1]);
    assert.deepEqual(await idsWhere({ result: BuildResult.PartiallySucceeded }), [1]);
    assert.deepEqual(await idsWhere({ result: BuildResult.Failed }), []);
    assert.deepEqual(await idsWhere({ reason: BuildReason.PullRequest }), [2]);
    assert.deepEqual(await idsWhere({ tag: 'release' }), [1]);
    assert.deepEqual(await idsWhere({ branch: 'refs/pull/4/merge' }), [2]);
  });

  it('refuses a filter that it does not have', async () => {
    await assert.rejects(builds.getBuilds(PROJECT.name, undefined, [1]), /'queues' is not supported here/);
  });

  it('gives the timeline of the newest attempts, with parents, attempts, issues, logs and tasks', async () => {
    const timeline = await builds.getBuildTimeline(PROJECT.name, 2);
    const records = timeline.records ?? [];
    assert.deepEqual(
      records.map(({ type, parentId, attempt }) => [type, parentId, attempt]),
      [
        ['Stage', null, 2],
        ['Phase', guid(20), 2],
        ['Job', records[1]?.id, 2],
        ['Task', guid(21), 2],
        ['Task', guid(21), 2],
      ],
    );
    const [stage, , job, task, pending] = records;
    assert.equal(stage?.previousAttempts?.[0]?.recordId, guid(10));
    assert.equal(job?.id, guid(21));
    assert.equal(job?.state, TimelineRecordState.InProgress);
    assert.deepEqual(task?.task, { id: guid(500), name: 'DatabricksEvaluateModel', version: '1.2.3' });
    assert.equal(task?.result, TaskResult.Succeeded);
    assert.equal(task?.errorCount, 1);
    assert.deepEqual(task?.issues?.[0]?.data, { type: 'error', code: 'REPORT', sourcepath: 'a.py', linenumber: '3' });
    assert.equal(task?.log?.id, 2);
    assert.deepEqual([pending?.state, pending?.result, pending?.log], [TimelineRecordState.Pending, null, null]);
  });

  it('gives a former attempt by the id of its timeline', async () => {
    const newest = await builds.getBuildTimeline(PROJECT.name, 2, guid(702));
    const former = newest.records?.[0]?.previousAttempts?.[0];
    const timeline = await builds.getBuildTimeline(PROJECT.name, 2, former?.timelineId);
    assert.deepEqual(
      timeline.records?.map(({ type, id }) => [type, id]).filter(([type]) => type !== 'Phase'),
      [
        ['Stage', guid(10)],
        ['Job', guid(11)],
        ['Task', guid(12)],
      ],
    );
    assert.equal(await builds.getBuildTimeline(PROJECT.name, 2, guid(999)), null);
  });

  it('keeps jobs of one name in two phases apart, and former attempts of a job from its newest', async () => {
    const leg = (id: number, phase: string, attempt: number, result: 'failed' | 'succeeded') =>
      jobRecord(id, { phase, name: 'py311', attempt, result });
    const jobs = [leg(31, 'unit', 1, 'failed'), leg(32, 'unit', 2, 'succeeded'), leg(33, 'lint', 1, 'succeeded')];
    const other = await serviceOver([recordedRun('4', { stages: [stageRecord(30, 'test', { jobs })] })]);
    const api = await new azureDevOps.WebApi(other.url, azureDevOps.getBearerHandler(JOB.token)).getBuildApi();
    const jobsOf = async (timelineId?: string) =>
      (await api.getBuildTimeline(PROJECT.name, 4, timelineId)).records?.filter(({ type }) => type === 'Job') ?? [];
    const newest = await jobsOf();
    const former = newest[0]?.previousAttempts?.[0];
    assert.deepEqual(
      newest.map(({ id, identifier, previousAttempts }) => [id, identifier, previousAttempts?.length]),
      [
        [guid(32), 'test.unit.py311', 1],
        [guid(33), 'test.lint.py311', 0],
      ],
    );
    assert.equal(former?.recordId, guid(31));
    assert.deepEqual(
      (await jobsOf(former?.timelineId)).map(({ id }) => id),
      [guid(31)],
    );
    await other.stop();
  });

  it('lists artifacts and gives one', async () => {
    const all = await builds.getArtifacts(PROJECT.name, 2);
    assert.deepEqual(
      all.map(({ name, resource }) => [name, resource?.type]),
      [
        ['evidence', 'Container'],
        ['model', 'PipelineArtifact'],
        ['nothing', 'Container'],
      ],
    );
    assert.equal((await builds.getArtifact(PROJECT.name, 2, 'model')).id, 2);
    assert.equal(await builds.getArtifact(PROJECT.name, 2, 'modell'), null);
  });

  it('packs an artifact as a zip with one folder named as it', async () => {
    const zip = await builds.getArtifactContentZip(PROJECT.name, 2, 'evidence');
    assert.deepEqual(await unzip(zip), {
      'evidence/deep/er/x.bin': '\0\u0001\u0002\ufffd',
      'evidence/report.json': '{}',
    });
    assert.deepEqual(await unzip(await builds.getArtifactContentZip(PROJECT.name, 2, 'nothing')), {});
  });

  it('gives the same zip at the download address', async () => {
    const { resource } = await builds.getArtifact(PROJECT.name, 2, 'model');
    const answer = await builds.http.get(resource?.downloadUrl ?? '');
    assert.deepEqual(await unzip(answer.message), { 'model/MLmodel': 'flavors' });
  });

  it('lists the files of container artifacts', async () => {
    const api = new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token));
    const items = await (await api.getFileContainerApi()).getItems(2, undefined, 'evidence');
    assert.deepEqual(
      items.map(({ path, fileLength }) => [path, fileLength]),
      [
        ['evidence', undefined],
        ['evidence/deep', undefined],
        ['evidence/deep/er', undefined],
        ['evidence/deep/er/x.bin', 4],
        ['evidence/report.json', 2],
      ],
    );
  });

  it('gives attachments by type and by record, whatever their names', async () => {
    const list = await builds.getAttachments(PROJECT.name, 2, 'databricks-mlops.report');
    assert.deepEqual(
      list.map(({ name }) => name),
      ['report.json', '../../etc/passwd'],
    );
    assert.deepEqual(await builds.getAttachments(PROJECT.name, 2, 'another'), []);
    const content = (name: string) =>
      builds.getAttachment(PROJECT.name, 2, guid(702), guid(22), 'databricks-mlops.report', name);
    assert.equal(await textOf(await content('report.json')), '{"a":1}');
    assert.equal(await textOf(await content('../../etc/passwd')), 'content of b');
    assert.match(await textOf(await content('run.json')), /AttachmentNotFoundException/);
  });

  it('adds and removes tags', async () => {
    assert.deepEqual(await builds.addBuildTag(PROJECT.name, 1, 'mlops-passed-staging-0123'), [
      'release',
      'mlops-passed-staging-0123',
    ]);
    assert.deepEqual(await builds.addBuildTags(['a/b', 'release', 'a/b'], PROJECT.name, 1), [
      'release',
      'mlops-passed-staging-0123',
      'a/b',
    ]);
    assert.deepEqual(await builds.deleteBuildTag(PROJECT.name, 1, 'a/b'), ['release', 'mlops-passed-staging-0123']);
    assert.deepEqual(await builds.getBuildTags(PROJECT.name, 1), first.record.tags);
  });

  it('shows a run that another process wrote down and ended, as it shows its own', async () => {
    const read = JSON.parse(JSON.stringify(second.record));
    const other = await serviceOver([{ record: read, folder: second.folder }]);
    const [own, again] = await Promise.all(
      [service, other].map(async ({ url }) => {
        const api = await new azureDevOps.WebApi(url, azureDevOps.getBearerHandler(JOB.token)).getBuildApi();
        const { records } = await api.getBuildTimeline(PROJECT.name, 2);
        const { status, result, startTime } = await api.getBuild(PROJECT.name, 2);
        const stripped = records?.map(({ url: _, log, task, ...record }) => ({ ...record, log: log?.id }));
        return { stripped, status, result, startTime };
      }),
    );
    await other.stop();
    assert.deepEqual(again, own);
  });

  it('gives logs of the steps that started, by number', async () => {
    const list = await builds.getBuildLogs(PROJECT.name, 2);
    assert.deepEqual(
      list.map(({ id, lineCount }) => [id, lineCount]),
      [
        [1, 1],
        [2, 3],
      ],
    );
    assert.deepEqual(await builds.getBuildLogLines(PROJECT.name, 2, 2, 1), ['two', 'three']);
    assert.equal(await textOf(await builds.getBuildLog(PROJECT.name, 2, 2)), 'one\ntwo\nthree\n');
  });
});
