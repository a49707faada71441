import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import type { Route } from '../support/recorded-routes';

/** The recordings come from tests/clients/mlflow.test.ts, which holds them to the real client. */
describe('what the MLflow client asks for', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
  });

  after(() => workspace.stop());

  for (const registry of ['uc', 'native']) {
    it(`is known to the workspace, registry ${registry}`, async () => {
      const recording = readFileSync(join(__dirname, 'fixtures', `mlflow-requests-${registry}.json`), 'utf8');
      const routes = JSON.parse(recording) as Route[];
      assert.ok(routes.length > 50);
      for (const { method, path } of routes) {
        const { status } = await workspace.call(method, path);
        assert.ok(status !== 501 && status !== 500, `${method} ${path} answers ${status}`);
      }
    });
  }

  it('is told from what the workspace does not know', async () => {
    const { status, json } = await workspace.call('POST', '/api/2.0/mlflow/traces');
    assert.equal(status, 501);
    assert.match(String(json.message), /\/api\/2\.0\/mlflow\/traces/);
  });
});
