import assert from 'node:assert/strict';
import { filesPathOfArtifacts } from '../../../src/databricks/artifact-paths';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { collect } from '../../../src/http/paging';
import { AutoClock } from '../../support/auto-clock';
import { startDouble } from '../../support/http-double';

type Ask = (client: WorkspaceClient) => Promise<unknown>;

const STATEMENT = { statement: 'SELECT 1', warehouseId: 'w' };
const SUCCEEDED = { statement_id: 's', status: { state: 'SUCCEEDED' } };

/** What is asked, the answer with something that cannot be sent back, and what the error names. */
const CASES: readonly (readonly [what: string, ask: Ask, answer: unknown, named: RegExp])[] = [
  ['a new job', ({ jobs }) => jobs.create({}), { job_id: 'x' }, /POST \/api\/2\.2\/jobs\/create, field 'job_id'/],
  ['a new job without id', ({ jobs }) => jobs.create({}), {}, /field 'job_id'/],
  ['a job', ({ jobs }) => jobs.get('1'), { job_id: 'x', settings: {} }, /GET \/api\/2\.2\/jobs\/get, field 'job_id'/],
  [
    'jobs of a name',
    ({ jobs }) => jobs.listByName('train'),
    { jobs: [{ job_id: '1.5', settings: { name: 'train' } }] },
    /GET \/api\/2\.2\/jobs\/list, field 'job_id'/,
  ],
  ['a new run', ({ runs }) => runs.runNow('1', {}), { run_id: ' ' }, /POST \/api\/2\.2\/jobs\/run-now, field 'run_id'/],
  ['a one-time run', ({ runs }) => runs.submit({}), { run_id: [7] }, /jobs\/runs\/submit, field 'run_id'/],
  ['a run', ({ runs }) => runs.get('1'), { run_id: 'x' }, /GET \/api\/2\.2\/jobs\/runs\/get, field 'run_id'/],
  ['the first page of a run', ({ runs }) => runs.getFirstPage('1'), { run_id: 'x' }, /runs\/get, field 'run_id'/],
  [
    'the repairs of a run',
    ({ runs }) => runs.getWithHistory('1'),
    { run_id: 1, repair_history: [{ type: 'ORIGINAL' }, { type: 'REPAIR', id: 'x' }] },
    /runs\/get, field 'repair_history', field 'id'/,
  ],
  ['a repair', ({ runs }) => runs.repair('1', {}), { repair_id: 'x' }, /runs\/repair, field 'repair_id'/],
  [
    'an update of a pipeline',
    ({ pipelines }) => pipelines.startUpdate('p', {}),
    { update_id: '..' },
    /POST \/api\/2\.0\/pipelines\/p\/updates, field 'update_id'/,
  ],
  [
    'pipelines of a name',
    ({ pipelines }) => pipelines.listByName('flow'),
    { statuses: [{ name: 'flow', pipeline_id: '.' }] },
    /GET \/api\/2\.0\/pipelines, field 'pipeline_id'/,
  ],
  [
    'warehouses',
    ({ warehouses }) => collect(warehouses.list()),
    { warehouses: [{ id: '' }] },
    /warehouses, field 'id'/,
  ],
  [
    'a statement',
    ({ statements }) => statements.execute(STATEMENT),
    { ...SUCCEEDED, statement_id: '..' },
    /POST \/api\/2\.0\/sql\/statements, field 'statement_id'/,
  ],
  [
    'rows behind a link',
    async ({ statements }) => collect((await statements.execute(STATEMENT)).rows()),
    { ...SUCCEEDED, result: { external_links: [{ external_link: 'price' }] } },
    /field 'external_link'/,
  ],
  [
    'a run of MLflow',
    ({ mlflowRuns }) => mlflowRuns.get('r'),
    { run: { info: { run_id: 'r' }, outputs: { model_outputs: [{ model_id: '..' }] } } },
    /GET \/api\/2\.0\/mlflow\/runs\/get, field 'model_id'/,
  ],
  [
    'runs of MLflow',
    ({ mlflowRuns }) => collect(mlflowRuns.search({ experiment_ids: ['1'] })),
    { runs: [{ info: { run_id: 'r' }, outputs: { model_outputs: [{ model_id: '' }] } }] },
    /POST \/api\/2\.0\/mlflow\/runs\/search, field 'model_id'/,
  ],
  ...['price', '/Volumes/../secret', '/Volumes//a', ''].map(
    (path) =>
      [
        `a folder with '${path}'`,
        ({ files }: WorkspaceClient) => collect(files.listDeep('/Volumes/a b')),
        { contents: [{ path, name: 'a', is_directory: path.startsWith('/') }] },
        /GET \/api\/2\.0\/fs\/directories\/Volumes\/a%20b, field 'path'/,
      ] as const,
  ),
];

describe('ids and paths of answers that cannot be sent back', () => {
  for (const [what, ask, answer, named] of CASES) {
    it(`end ${what} with the request and the field`, async () => {
      const double = await startDouble(() => ({ json: answer }));
      try {
        const client = createWorkspaceClient(new HttpClient({ baseUrl: double.url, clock: new AutoClock() }));
        await assert.rejects(ask(client), { code: 'ANSWER_UNEXPECTED', message: named });
        assert.equal(double.received.length, 1);
      } finally {
        await double.close();
      }
    });
  }

  for (const uri of ['/Volumes/a/../b', 'dbfs:/databricks/mlflow-tracking/1/r//artifacts', '/Volumes/./a']) {
    it(`reach no artifacts at ${uri}`, () => assert.equal(filesPathOfArtifacts(uri), undefined));
  }
});
