import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { agentStep, HANDLERS, type TestStep, tokenScheme } from '../support/agent-step';
import { mustNotAppear } from '../support/captured-output';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { report, reportFile } from '../support/promotion-steps';
import { JOB, PROJECT, putArtifact, recordedRun, serviceOver } from '../support/recorded-run';

const model = 'main.default.tariff';

describe('DatabricksRegisterModel and DatabricksPromoteModel as the agent starts them', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
    for (let version = 1; version <= 2; version++) {
      await registeredByItsJob(version);
    }
  });
  after(() => workspace.stop());

  /** A version as a training job leaves it. */
  async function registeredByItsJob(version: number): Promise<void> {
    const root = '/api/2.0/mlflow/unity-catalog';
    await workspace.call('POST', `${root}/registered-models/create`, { name: model });
    await workspace.call('POST', `${root}/model-versions/create`, { name: model, source: `runs:/r${version}/model` });
    await workspace.call('POST', `${root}/model-versions/finalize`, { name: model, version: String(version) });
  }

  const task = (name: string, inputs: Record<string, string>, node?: string, more: TestStep = {}) =>
    agentStep(name, {
      ...more,
      inputs: { databricksConnection: 'dbx', model, ...inputs },
      connections: [tokenScheme(workspace.url, workspace.token)],
      ...(node === undefined ? {} : { node }),
    });

  async function alias(name: string): Promise<string> {
    const reply = await workspace.call<{ model_version?: { version: string } }>(
      'GET',
      `/api/2.0/mlflow/unity-catalog/registered-models/alias?name=${model}&alias=${name}`,
    );
    return reply.json.model_version?.version ?? '';
  }

  for (const { name, node } of HANDLERS) {
    it(`resolve, promote twice, roll back twice (${name})`, async () => {
      const resolved = await task(
        'DatabricksRegisterModel',
        { action: 'resolve', version: '2', requireSignature: 'false' },
        node,
      );
      assert.equal(resolved.result, 'Succeeded', resolved.output);
      assert.equal(resolved.outputs.modelUri, `models:/${model}/2`);
      const champion = resolved.outputs.championVersion ?? '';

      const createdAt = new Date(Date.now() + 1_000).toISOString();
      const challenger = champion === '2' ? '1' : '2';
      const sealed = report(challenger, champion, { subject: subject(challenger, champion) }, createdAt);
      const inputs = { version: challenger, reportPath: reportFile(sealed), reportDigest: sealed.digest };
      const promoted = await task('DatabricksPromoteModel', inputs, node);
      assert.equal(promoted.result, 'Succeeded', promoted.output);
      assert.deepEqual([promoted.outputs.changed, await alias('champion')], ['true', challenger]);
      assert.equal(JSON.parse(readFileSync(promoted.outputs.recordPath ?? '', 'utf8')).report.digest, sealed.digest);
      const again = await task('DatabricksPromoteModel', inputs, node);
      assert.deepEqual([again.result, again.outputs.changed], ['Succeeded', 'false'], again.output);

      const rollback = { action: 'rollback', reason: 'a test' };
      const first = await task('DatabricksPromoteModel', rollback, node);
      if (champion === '') {
        assert.equal(first.issues.at(-1)?.code, 'NO_ROLLBACK_TARGET', first.output);
        assert.equal(await alias('champion'), challenger);
        return;
      }
      assert.equal(first.result, 'Succeeded', first.output);
      const second = await task('DatabricksPromoteModel', rollback, node);
      assert.deepEqual([second.result, second.outputs.changed], ['Succeeded', 'false'], second.output);
      assert.deepEqual([await alias('champion'), await alias('previous_champion')], [champion, '']);
    });
  }

  it('promotes by the report of an artifact of another run, fetched with the connection of the job alone', async () => {
    const champion = await alias('champion');
    const challenger = champion === '2' ? '1' : '2';
    const createdAt = new Date(Date.now() + 1_000).toISOString();
    const sealed = report(challenger, champion, { subject: subject(challenger, champion) }, createdAt);
    mustNotAppear(JOB.token);
    const evaluated = recordedRun('41');
    putArtifact(evaluated, 'evaluation', { 'report.json': '{}' });
    putArtifact(evaluated, 'evaluation-2', { 'report.json': sealed.json });
    const devOps = await serviceOver([evaluated, recordedRun('42')]);
    const inputs = { version: challenger, reportPath: 'artifact:evaluation@41', reportDigest: sealed.digest };
    const promoted = await task('DatabricksPromoteModel', inputs, undefined, {
      jobAccessToken: JOB.token,
      variables: {
        'System.CollectionUri': devOps.url,
        'System.TeamProjectId': PROJECT.id,
        'Build.BuildId': '42',
      },
    });
    await devOps.stop();
    assert.equal(promoted.result, 'Succeeded', promoted.output);
    assert.equal(await alias('champion'), challenger);
  });

  it('a report that was changed is refused, and nothing moves', async () => {
    const before = await alias('champion');
    const { json } = report('1', '2', { subject: subject('1', '2') }, new Date().toISOString());
    const reportPath = reportFile({ json: json.replace('"verdict":"PASS"', '"verdict":"FAIL"') });
    const { result, issues, output } = await task('DatabricksPromoteModel', { version: '1', reportPath });
    assert.equal(result, 'Failed');
    assert.equal(issues.at(-1)?.code, 'REPORT_INVALID', output);
    assert.equal(await alias('champion'), before);
  });
});

function subject(challenger: string, champion: string) {
  return { model, challenger: { version: challenger }, champion: champion === '' ? null : { version: champion } };
}
