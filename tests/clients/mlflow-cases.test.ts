import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';
import { casesOf, type Seen } from './python-cases';

/** The cases as their Python files name them, so that one that did not run is missed. */
const NAMES = ['tracking', 'search', 'artifact', 'registry', 'version'].flatMap((part) => {
  const source = readFileSync(join(__dirname, 'python', `mlflow_${part}_cases.py`), 'utf8');
  return [...source.matchAll(/^@case\("(.+)"\)$/gm)].map(([, name = '']) => name);
});

const REGISTRIES = [
  { registry: 'uc', env: {} },
  { registry: 'native', env: { MLFLOW_ENABLE_UC_NATIVE_MODEL_REGISTRY: 'true' } },
] as const;

for (const { registry, env } of REGISTRIES) {
  describe(`cases of the unmodified MLflow client, registry ${registry}`, function () {
    this.timeout(600_000);
    const defects: unknown[] = [];
    let workspace: TestWorkspace;
    let seen: Seen;

    before(async () => {
      workspace = await startTestWorkspace({ onDefect: (error) => defects.push(error) });
      seen = await runPythonClient('mlflow_cases.py', [registry], {
        MLFLOW_TRACKING_URI: 'databricks',
        MLFLOW_REGISTRY_URI: 'databricks-uc',
        DATABRICKS_HOST: workspace.url,
        DATABRICKS_TOKEN: workspace.token,
        ...env,
      });
    });

    after(() => workspace?.stop());

    // The cases assert by themselves: one that held returns nothing.
    casesOf(() => seen, Object.fromEntries(NAMES.map((name) => [name, null])));

    it('meets no defect of the workspace', () => {
      assert.deepEqual(defects, []);
    });
  });
}
