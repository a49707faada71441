import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploySample, type TrainingOverride } from '../../local/demo/sample-jobs';
import { cachedEnvironments } from '../../local/workspace/python/cached-environments';
import { runCommand } from '../../local/workspace/python/command';
import { requirementLines } from '../../local/workspace/python/constraints';
import { systemClock } from '../../src/clock';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { HttpClient } from '../../src/http/client';
import { waitForRun } from '../../src/workflow/wait-for-run';
import { root } from '../support/declared';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const SAMPLE = join(root, 'samples', 'diabetes');
const MODEL = 'prod.diabetes.progression';
const TABLE = 'prod.diabetes.eval_predictions_progression';

/** Requirement lines of the sample's unit tests: those of its jobs and pytest. */
function developmentRequirements(): string[] {
  const lines = (name: string) => requirementLines(readFileSync(join(SAMPLE, name), 'utf8'));
  return [...lines('requirements.txt'), ...lines('requirements-dev.txt').filter((line) => !line.startsWith('-r'))];
}

describe('cached environments with a real Python', function () {
  this.timeout(600_000);

  it('installs under the pins once and works without a network afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'environment-'));
    try {
      const python = await cachedEnvironments({ folder }).interpreter(['python-dateutil']);
      const shown = await runCommand(python, ['-c', 'import dateutil; print(dateutil.__version__)']);
      assert.deepEqual(shown.lines, ['3.0.0']);
      const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' };
      assert.equal(await cachedEnvironments({ folder, env }).interpreter(['python-dateutil']), python);
      await assert.rejects(
        cachedEnvironments({ folder, env: { ...env, PIP_NO_CACHE_DIR: '1' } }).interpreter(['pluggy']),
        /pip could not install pluggy/,
      );
      assert.equal(existsSync(python), true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('samples/diabetes', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let http: HttpClient;
  let client: WorkspaceClient;

  before(async () => {
    workspace = await startTestWorkspace({ names: ['prod'] });
    const headers = async () => ({ Authorization: `Bearer ${workspace.token}` });
    http = new HttpClient({
      baseUrl: workspace.url,
      credentials: { refreshable: false, headers, invalidate: () => undefined },
    });
    client = createWorkspaceClient(http);
  });

  after(() => workspace.stop());

  /** Deploys a commit and returns its jobs' ids by key. */
  const deploy = async (commit: string, training: TrainingOverride) => {
    const jobs = await deploySample(http, { folder: SAMPLE, commit, catalog: 'prod', overrides: { training } });
    return new Map(jobs.map((job) => [job.key, job.id]));
  };

  /** Runs a job to its end, which is waited for as a step does, and returns the outputs of its tasks by key. */
  const run = async (jobId: string | undefined, job_parameters: Record<string, string> = {}) => {
    const runId = await client.runs.runNow(jobId ?? '', { job_parameters });
    const waited = await waitForRun({
      read: async () => (await client.runs.get(runId)) ?? assert.fail(`run ${runId} is gone`),
      clock: systemClock,
      signal: new AbortController().signal,
      limitMs: 0,
      say: () => undefined,
      onProgress: () => undefined,
    });
    assert.ok(waited.ended);
    const { state, tasks = [] } = waited.run;
    const outputs = await Promise.all(
      tasks.map(async (task) => [task.task_key, await client.runs.output(task.run_id)] as const),
    );
    assert.equal(state?.result_state, 'SUCCESS', JSON.stringify(outputs, null, 1));
    return new Map(outputs);
  };

  const rows = async () => {
    const warehouses = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    const result = await client.statements.execute({
      statement: `SELECT progression, p_challenger, p_champion, challenger_version, champion_version FROM ${TABLE}`,
      warehouseId: warehouses.json.warehouses[0]?.id ?? '',
    });
    const all: (string | null)[][] = [];
    for await (const row of result.rows()) {
      all.push([...row]);
    }
    return all;
  };

  const rmse = (table: (string | null)[][], column: number) =>
    Math.sqrt(table.reduce((sum, row) => sum + (Number(row[0]) - Number(row[column])) ** 2, 0) / table.length);

  it('passes its own unit tests in the environment of its jobs', async () => {
    const python = await cachedEnvironments().interpreter(developmentRequirements());
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { code, lines } = await runCommand(python, ['-m', 'pytest', '-q', '--rootdir', SAMPLE, SAMPLE], { env });
    assert.equal(code, 0, lines.join('\n'));
    assert.match(lines.at(-1) ?? '', /\d+ passed/);
  });

  it('tries its parts together: a script, then a notebook that reads its task value', async () => {
    const jobs = await deploy('a1', {});
    const outputs = await run(jobs.get('integration'), { commit: 'a1' });
    const said = JSON.parse(outputs.get('pipeline')?.notebook_output?.result ?? '{}');
    assert.equal(said.checks, 4);
    assert.equal(said.commit, 'a1');
  });

  it('trains, names the version on its last line, and scores it beside the champion', async () => {
    const two = await deploy('b1', { columns: ['bmi', 'age'] });
    const trained = await run(two.get('train'), { commit: 'b1' });
    const last = trained.get('train')?.logs?.trim().split('\n').at(-1) ?? '';
    const said = JSON.parse(last.replace(/^mlops-result: /, ''));
    assert.deepEqual([said.model_name, said.model_version], [MODEL, '1']);
    const version = await client.modelVersions.get(MODEL, '1');
    assert.equal(version?.run_id, said.mlflow_run_id);
    assert.match(
      version?.description ?? '',
      /^Diabetes progression one year after baseline: ridge on bmi, age, .* b1;/,
    );

    await run(two.get('evaluate'), { challenger_version: '1' });
    const first = await rows();
    assert.equal(first.length, 175);
    assert.ok(first.every((row) => row[2] === null && row[3] === '1' && row[4] === null));

    const all = await deploy('b2', {});
    assert.deepEqual(all, two);
    await run(all.get('train'), { commit: 'b2' });
    await run(all.get('evaluate'), { challenger_version: '2', champion_version: '1' });
    const second = await rows();
    assert.ok(second.every((row) => row[3] === '2' && row[4] === '1'));
    assert.deepEqual(second.map((row) => row[2]).sort(), first.map((row) => row[1]).sort());
    // Figures of the sample's README; scikit-learn's own on the same rows.
    assert.equal(rmse(second, 1).toFixed(1), '52.3');
    assert.equal(rmse(second, 2).toFixed(1), '62.5');
  });
});
