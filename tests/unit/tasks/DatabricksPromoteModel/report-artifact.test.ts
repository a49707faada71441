import assert from 'node:assert/strict';
import type { RecordedRun } from '../../../../local/pipelines/service/ports';
import type { RunningService } from '../../../../local/pipelines/service/start-service';
import { report, reportFile, step } from '../../../support/promotion-steps';
import { JOB, PROJECT, putArtifact, recordedRun, serviceOver } from '../../../support/recorded-run';
import { Registry } from '../../../support/registry-transport';

describe('DatabricksPromoteModel with a report in an artifact', () => {
  let service: RunningService;
  let registry: Registry;
  let run: RecordedRun;

  beforeEach(async () => {
    registry = new Registry();
    await registry.withVersions(3);
    run = recordedRun('8');
    service = await serviceOver([run, recordedRun('9')]);
  });
  afterEach(() => service.stop());

  const promote = (reportPath: string, inputs: Record<string, string> = {}, variables: Record<string, string> = {}) =>
    step(registry.client(), { version: '1', reportPath, ...inputs }, 0, {
      'System.CollectionUri': service.url,
      'System.AccessToken': JOB.token,
      'System.TeamProjectId': PROJECT.id,
      'Build.BuildId': '8',
      ...variables,
    });

  it('promotes by the report of the newest attempt, and says where it is from', async () => {
    putArtifact(run, 'evaluation', { 'report.json': report('2', '').json });
    putArtifact(run, 'evaluation-2', { 'report.json': report('1', '').json, 'summary.md': '#' });
    const { digest } = report('1', '');
    const host = await promote('artifact:evaluation', { reportDigest: digest });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(await registry.alias('champion'), '1');
    assert.match(host.printed, /The report is from artifact evaluation of this run/);
    assert.ok(host.masked.has(JOB.token));
  });

  it('takes the report of another run', async () => {
    putArtifact(run, 'evaluation', { 'report.json': report('1', '').json });
    const host = await promote('artifact:evaluation@8', {}, { 'Build.BuildId': '9' });
    assert.equal(host.result, 'Succeeded', host.printed);
  });

  it('promotes nothing when there is no such artifact, run, right or job', async () => {
    const codes = async (reportPath: string, variables: Record<string, string> = {}) =>
      (await promote(reportPath, {}, variables)).error?.code;
    assert.equal(await codes('artifact:evaluation'), 'ARTIFACT_NOT_FOUND');
    assert.equal(await codes('artifact:evaluation@77'), 'PIPELINE_RUN_NOT_FOUND');
    assert.equal(await codes('artifact:evaluation', { 'System.AccessToken': 'expired' }), 'DEVOPS_REFUSED');
    assert.equal(await codes('artifact:evaluation', { 'System.CollectionUri': '' }), 'DEVOPS_UNAVAILABLE');
    putArtifact(run, 'other', { 'junit.xml': '' });
    assert.equal(await codes('artifact:other'), 'ARTIFACT_FILE_MISSING');
    assert.equal(await registry.alias('champion'), '');
  });

  it('holds a fetched report to the same rules', async () => {
    const { json } = report('1', '');
    putArtifact(run, 'forged', { 'report.json': json.replace('"verdict":"PASS"', '"verdict":"FAIL"') });
    assert.equal((await promote('artifact:forged')).error?.code, 'REPORT_INVALID');
    putArtifact(run, 'late', {
      'report.json': report('1', '', { nextAction: 'approve', approvalRequired: true }).json,
    });
    assert.equal((await promote('artifact:late')).error?.code, 'APPROVAL_NOT_SUPPORTED');
    assert.equal(
      (await promote(reportFile(report('1', '')), { reportDigest: 'a'.repeat(64) })).error?.code,
      'REPORT_DIGEST_DIFFERS',
    );
    assert.equal(await registry.alias('champion'), '');
  });
});
