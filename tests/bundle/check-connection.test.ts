import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { agentStep, tokenScheme } from '../support/agent-step';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

describe('DatabricksCheckConnection as the agent starts it', () => {
  let workspace: TestWorkspace;
  const check = (inputs: Record<string, string>, token = workspace.token) =>
    agentStep('DatabricksCheckConnection', {
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: [tokenScheme(workspace.url, token)],
    });

  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  it('says who the connection is and where', async () => {
    const { result, outputs, output } = await check({});
    assert.equal(result, 'Succeeded', output);
    assert.equal(outputs['workspaceId'], workspace.id);
    assert.notEqual(outputs['identity'], '');
    assert.match(outputs['identityType'] ?? '', /^(user|servicePrincipal)$/);
    assert.equal(outputs['failures'], '0');
    assert.equal(JSON.parse(readFileSync(outputs['reportPath'] ?? '', 'utf8')).checks.length, 2);
  });

  it('fails with one sentence when the token is refused', async () => {
    const { result, outputs, issues } = await check({}, 'dapi-not-a-token-of-this-workspace');
    assert.equal(result, 'Failed');
    assert.deepEqual(
      issues.map(({ code }) => code),
      ['CONNECTION_CHECK_FAILED'],
    );
    assert.equal(outputs['failures'], '1');
    assert.equal(outputs['identity'], '');
  });

  it('fails when nothing answers at the address', async () => {
    const { result, message, output } = await agentStep('DatabricksCheckConnection', {
      inputs: { databricksConnection: 'dbx', checks: 'identity' },
      connections: [tokenScheme('http://127.0.0.1:9', 'dapi-of-nobody')],
    });
    assert.equal(result, 'Failed');
    assert.match(message, /127\.0\.0\.1:9/);
    assert.equal(output.match(/nobody listens there \(ECONNREFUSED\)\. It is tried again in/g)?.length, 1, output);
  });

  it('says of a workspace that speaks plain HTTP how its address is written', async () => {
    const { result, message } = await agentStep('DatabricksCheckConnection', {
      inputs: { databricksConnection: 'dbx' },
      connections: [tokenScheme(workspace.url.replace('http://', ''), workspace.token)],
    });
    assert.equal(result, 'Failed');
    assert.ok(message.includes(`speaks plain HTTP and no TLS.`), message);
    assert.ok(message.includes(`Write the address with its scheme: ${workspace.url}.`), message);
  });

  it('names both versions when the tasks are older than wanted, before any request', async () => {
    const own = JSON.parse(readFileSync('tasks/DatabricksCheckConnection/task.json', 'utf8')).version;
    const { result, message, issues } = await check({ minimumVersion: '99.0.1' });
    assert.equal(result, 'Failed');
    assert.equal(issues[0]?.code, 'EXTENSION_TOO_OLD');
    assert.ok(message.includes('99.0.1') && message.includes(`${own.Major}.${own.Minor}.${own.Patch}`), message);
    assert.equal((await check({ minimumVersion: `${own.Major}.${own.Minor}` })).result, 'Succeeded');
  });

  for (const [inputs, code] of [
    [{ checks: 'identity,telepathy' }, 'INPUT_INVALID'],
    [{ minimumVersion: 'latest' }, 'INPUT_INVALID'],
    [{ workspaceUrl: 'https://adb-1.1.azuredatabricks.net' }, 'CONNECTION_AMBIGUOUS'],
  ] as const) {
    it(`refuses ${JSON.stringify(inputs)}`, async () => {
      assert.deepEqual(
        (await check(inputs)).issues.map((issue) => issue.code),
        [code],
      );
    });
  }
});
