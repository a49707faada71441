import assert from 'node:assert/strict';
import { html } from '../../../../local/html';
import { describeOperations } from '../../../../local/workspace/describe-operations';
import { createJob, runNow, systemPython, untilRun, upload } from '../../../support/jobs';
import { send, startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';

describe('the start page', () => {
  let workspace: TestWorkspace;
  let cookie: string;

  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython() });
    const opened = await send(workspace.startPageUrl, 'GET', {});
    cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  });
  after(() => workspace.stop());

  it('shows jobs, runs with state and log, escaped and without anything from outside', async () => {
    await upload(workspace, '/Shared/log.py', `print('<script>alert(1)</script> & more')\n`);
    const tasks = [{ task_key: 'log', spark_python_task: { python_file: '/Shared/log.py' } }];
    const jobId = await createJob(workspace, { name: '<b>nightly</b>', tasks });
    const run = await untilRun(workspace, await runNow(workspace, jobId));
    const start = await send(`${workspace.url}/`, 'GET', { cookie });
    assert.equal(start.status, 200);
    assert.match(start.text, /tool for development and tests/);
    assert.match(start.text, /&lt;b&gt;nightly&lt;\/b&gt;/);
    assert.match(start.text, new RegExp(`<a href="/runs/${run.run_id}">`));
    assert.doesNotMatch(start.text, /<b>|src=|https?:/);
    assert.match(start.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
    const page = await send(`${workspace.url}/runs/${run.run_id}`, 'GET', { cookie });
    assert.match(page.text, /SUCCESS/);
    assert.match(page.text, /<pre>&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; more\n<\/pre>/);
    assert.equal((await send(`${workspace.url}/runs/1`, 'GET', { cookie })).status, 404);
  });

  it('opens to nobody without its session', async () => {
    for (const headers of [{}, { cookie: cookie.replace(/.$/, '') }, { cookie: `${cookie.split('=')[0]}=` }]) {
      assert.equal((await send(`${workspace.url}/`, 'GET', headers as Record<string, string>)).status, 401);
    }
    assert.equal(
      (await send(`${workspace.url}/api/2.2/jobs/list`, 'GET', { cookie })).status,
      401,
      'a cookie is no token',
    );
  });

  it('escapes what is put into HTML', () => {
    assert.equal(
      html`<p title="${`"'`}">${'<&>'}${html`<b>${1}</b>`}${undefined}${['a', '<']}</p>`.text,
      '<p title="&quot;&#39;">&lt;&amp;&gt;<b>1</b>a&lt;</p>',
    );
  });
});

describe('the description of operations', () => {
  it('names every operation once, in order', () => {
    const described = describeOperations();
    const names = described.map(({ method, path }) => `${path} ${method}`);
    assert.deepEqual(names, [...new Set(names)].sort());
    for (const path of [
      '/api/2.2/jobs/run-now',
      '/api/2.0/workspace/import',
      '/oidc/v1/token',
      '/api/2.0/sql/statements',
    ]) {
      assert.ok(
        described.some((operation) => operation.path.startsWith(path)),
        path,
      );
    }
  });
});
