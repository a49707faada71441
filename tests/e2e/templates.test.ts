import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitTraining, type DemoPlace, layOutDemo } from '../../local/demo/demo-place';
import { clientOf, deployJobs } from '../../local/demo/deploy-jobs';
import { packageRoot } from '../../local/package-root';
import type { QueueRequest } from '../../local/pipelines/queue/queue-request';
import { RunFolders } from '../../local/pipelines/record/run-folders';
import { type RunningWorkspace, startWorkspaces } from '../../local/workspace/server';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { PipelineFolder, type Queued, stageResults, stepsIn, stub } from '../support/queued-run';
import { QuickPython } from '../support/quick-python';

const APPROVALS = 'mlops-diabetes-prod-model';
const TWO_COLUMNS = ['bmi', 'age'];
const ALL_COLUMNS = ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'];

/** Trains and judges in staging and leaves the promotion to another pipeline; promotes in production. */
const TRAIN = JSON.stringify({
  resources: { repositories: [{ repository: 'mlops', type: 'git', name: 'platform/mlops', ref: 'refs/tags/v0.1.0' }] },
  extends: {
    template: 'templates/mlops.yml@mlops',
    parameters: {
      project: 'diabetes',
      model: { schema: 'diabetes', name: 'progression' },
      jobs: { integration: '' },
      environments: [
        { name: 'staging', catalog: 'staging', connection: 'dbx-staging', gates: { promote: 'skip' } },
        { name: 'prod', catalog: 'prod', connection: 'dbx-prod' },
      ],
    },
  },
});

/** The runs follow one another on the same workspaces: each test begins where the one before it ended. */
describe('the templates with real tasks on local workspaces', function () {
  this.timeout(600_000);
  this.bail(true);
  let home: string;
  const asked: string[] = [];
  let python: QuickPython;
  let place: DemoPlace;
  let repository: PipelineFolder;
  let running: Awaited<ReturnType<typeof startWorkspaces>>;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'templates-e2e-'));
    python = new QuickPython();
    place = layOutDemo(home, packageRoot());
    for (const name of ['batch.yml', 'evaluate-and-promote.yml']) {
      cpSync(join(packageRoot(), 'samples', 'pipelines', name), join(place.repository, name));
    }
    writeFileSync(join(place.repository, 'train.yml'), TRAIN);
    repository = new PipelineFolder({}, place.repository);
    running = await startWorkspaces({ names: ['staging', 'prod'], data: join(home, 'workspaces') });
  });

  after(async () => {
    await running.stop();
    python.remove();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  });

  function run(
    file: string,
    queuedFor: Partial<QueueRequest['queuedFor']>,
    parameters: QueueRequest['parameters'] = {},
  ) {
    return repository.run(
      {
        file: join(place.repository, file),
        repositories: { self: place.repository, mlops: place.templates },
        queuedFor: { reason: 'push', branch: 'refs/heads/main', fork: false, schedule: undefined, ...queuedFor },
        parameters,
        stubs: { 'UsePythonVersion@0': stub() },
      },
      {
        runs: new RunFolders(place.runs),
        settings: place.settings,
        workspaces: running.workspaces,
        beforeRun: ({ commit }) =>
          deployJobs(
            { folder: place.repository, commit, environment: {}, notice: () => undefined },
            running.workspaces,
          ),
        decide: async ({ check }) => {
          asked.push(check.resource.name);
          return { kind: 'approved', by: 'you', comment: 'because' };
        },
      },
    );
  }

  function workspace(name: string): RunningWorkspace {
    const found = running.workspaces.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  }

  async function versions(alias: string): Promise<Readonly<Record<string, string | undefined>>> {
    const found = await Promise.all(
      running.workspaces.map(async (one) => {
        const { registeredModels } = createWorkspaceClient(clientOf(one));
        const version = await registeredModels.versionByAlias(`${one.name}.diabetes.progression`, alias);
        return [one.name, version === undefined ? undefined : String(version.version)] as const;
      }),
    );
    return Object.fromEntries(found);
  }

  it('batch.yml: a release is promoted in staging, and in production behind an approval', async () => {
    commitTraining(place, { columns: TWO_COLUMNS }, 'Train on two columns');
    const ended = await run('batch.yml', { branch: 'refs/heads/release/1.0' });
    assertStages(ended, {
      unit: 'succeeded',
      integration: 'succeeded',
      train_staging: 'succeeded',
      evaluate_staging: 'succeeded',
      approve_promote_staging: 'skipped',
      promote_staging: 'succeeded',
      train_prod: 'succeeded',
      evaluate_prod: 'succeeded',
      approve_promote_prod: 'succeeded',
      promote_prod: 'succeeded',
    });
    assert.deepEqual(asked, [APPROVALS]);
    assert.deepEqual(await versions('champion'), { staging: '1', prod: '1' });
  });

  it('evaluate-and-promote.yml: what was trained is promoted in the job that judges it', async () => {
    commitTraining(place, { columns: ALL_COLUMNS }, 'Train on all columns');
    const trained = await run('train.yml', { branch: 'refs/heads/release/1.1' });
    assertStages(trained, {
      unit: 'succeeded',
      train_staging: 'succeeded',
      evaluate_staging: 'succeeded',
      train_prod: 'succeeded',
      evaluate_prod: 'succeeded',
      approve_promote_prod: 'succeeded',
      promote_prod: 'succeeded',
    });
    assert.deepEqual(await versions('champion'), { staging: '1', prod: '2' });
    assert.equal((await versions('challenger'))['staging'], '2');
    const ended = await run('evaluate-and-promote.yml', { reason: 'manual' });
    assertStages(ended, { __default: 'succeeded' });
    assert.deepEqual(await versions('champion'), { staging: '2', prod: '2' });
  });

  it('rollback.yml: the champion before is champion again and served, and nobody is asked', async () => {
    asked.length = 0;
    assertStages(await run('rollback.yml', { reason: 'manual' }, { reason: 'Wrong since Monday' }), {
      rollback_prod: 'succeeded',
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(await versions('champion'), { staging: '2', prod: '1' });
    const { servingEndpoints } = createWorkspaceClient(clientOf(workspace('prod')));
    const request: unknown = JSON.parse(readFileSync(join(place.repository, 'mlops', 'sample-request.json'), 'utf8'));
    const { servedModelName } = await servingEndpoints.query('progression', request);
    assert.equal(servedModelName, 'progression-1');
  });
});

/** Results of all stages; what steps said went wrong where they are others. */
function assertStages(ended: Queued, expected: Readonly<Record<string, string>>): void {
  const issues = ended.record.stages.flatMap(({ name }) =>
    stepsIn(ended, name).flatMap((step) => step.issues.map(({ message }) => `${name}: ${message}`)),
  );
  assert.deepEqual(stageResults(ended), expected, issues.join('\n'));
  assert.equal(ended.record.result, 'succeeded');
}
