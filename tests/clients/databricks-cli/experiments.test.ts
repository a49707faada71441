import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { byToken, DatabricksCli, databricksProgram } from './command-line';

interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly lifecycle_stage: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

interface TrackingRun {
  readonly info: {
    readonly run_id: string;
    readonly run_name: string;
    readonly status: string;
    readonly lifecycle_stage: string;
    readonly end_time?: number;
  };
  readonly data: {
    readonly metrics?: readonly { readonly key: string; readonly value: number; readonly step: number }[];
    readonly params?: readonly { readonly key: string; readonly value: string }[];
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  };
}

describe('experiments by the unmodified Databricks CLI', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let cli: DatabricksCli;

  before(async function () {
    const program = await databricksProgram(this);
    workspace = await startTestWorkspace();
    cli = new DatabricksCli(program, byToken(workspace));
  });
  after(async () => {
    cli?.remove();
    await workspace?.stop();
  });

  const command = (name: string, ...args: string[]) => cli.json('experiments', name, ...args);
  const quiet = (name: string, ...args: string[]) => cli.text('experiments', name, ...args);
  const create = async (name: string) =>
    (await cli.json<{ experiment_id: string }>('experiments', 'create-experiment', `/Shared/${name}`)).experiment_id;
  const experiment = async (id: string) =>
    (await cli.json<{ experiment: Experiment }>('experiments', 'get-experiment', id)).experiment;
  const start = async (experimentId: string, runName: string, startTime: number) => {
    const body = {
      experiment_id: experimentId,
      run_name: runName,
      start_time: startTime,
      tags: [{ key: 'k', value: 'v' }],
    };
    const made = await cli.json<{ run: TrackingRun }>('experiments', 'create-run', '--json', JSON.stringify(body));
    return made.run.info.run_id;
  };
  const run = async (id: string) => (await cli.json<{ run: TrackingRun }>('experiments', 'get-run', id)).run;
  const search = async (experimentId: string, filter: string, ...args: string[]) => {
    const body = { experiment_ids: [experimentId], filter, order_by: ['metrics.rmse ASC'] };
    const found = await cli.json<TrackingRun[]>('experiments', 'search-runs', '--json', JSON.stringify(body), ...args);
    return found.map(({ info }) => info.run_name);
  };

  it('create, get by id and by name, list and search', async () => {
    const id = await create('found');
    assert.equal((await experiment(id)).name, '/Shared/found');
    const byName = await cli.json<{ experiment: Experiment }>('experiments', 'get-by-name', '/Shared/found');
    assert.equal(byName.experiment.experiment_id, id);
    const listed = await cli.json<Experiment[]>('experiments', 'list-experiments');
    assert.ok(listed.some(({ experiment_id }) => experiment_id === id));
    const found = await cli.json<Experiment[]>('experiments', 'search-experiments', '--filter', "name LIKE '%/found'");
    assert.deepEqual(
      found.map(({ experiment_id }) => experiment_id),
      [id],
    );
  });

  it('a second one of the same name is refused', async () => {
    await create('twice');
    assert.match(await cli.refusal('experiments', 'create-experiment', '/Shared/twice'), /already exists/);
  });

  it('set a tag and rename', async () => {
    const id = await create('former');
    await quiet('set-experiment-tag', id, 'team', 'ml');
    await quiet('update-experiment', id, '--new-name', '/Shared/renamed');
    const got = await experiment(id);
    assert.deepEqual([got.name, got.tags?.find(({ key }) => key === 'team')?.value], ['/Shared/renamed', 'ml']);
  });

  it('delete and restore', async () => {
    const id = await create('kept');
    await quiet('delete-experiment', id);
    assert.equal((await experiment(id)).lifecycle_stage, 'deleted');
    await quiet('restore-experiment', id);
    assert.equal((await experiment(id)).lifecycle_stage, 'active');
  });

  it('one that is not there is not found', async () => {
    assert.equal(
      await cli.refusal('experiments', 'get-experiment', '999'),
      'Error: Could not find experiment with ID 999',
    );
    assert.match(await cli.refusal('experiments', 'get-by-name', '/Shared/none'), /\/Shared\/none/);
  });

  it('a run takes metrics, parameters and tags, and ends', async () => {
    const id = await start(await create('logged'), 'first', 1000);
    await quiet('log-metric', 'rmse', '52.5', '1000', '--run-id', id, '--step', '3');
    await quiet('log-metric', 'rmse', '51.5', '2000', '--run-id', id, '--step', '4');
    await quiet('log-param', 'alpha', '0.1', '--run-id', id);
    await quiet('set-tag', 'owner', 'me', '--run-id', id);
    const batch = {
      metrics: [{ key: 'mae', value: 1, timestamp: 1, step: 0 }],
      params: [{ key: 'depth', value: '3' }],
    };
    await quiet('log-batch', '--run-id', id, '--json', JSON.stringify(batch));
    await quiet('update-run', '--run-id', id, '--status', 'FINISHED', '--end-time', '5000');
    const { info, data } = await run(id);
    assert.deepEqual([info.run_name, info.status, info.end_time], ['first', 'FINISHED', 5000]);
    assert.deepEqual(Object.fromEntries(data.metrics?.map(({ key, value }) => [key, value]) ?? []), {
      rmse: 51.5,
      mae: 1,
    });
    assert.deepEqual(Object.fromEntries(data.params?.map(({ key, value }) => [key, value]) ?? []), {
      alpha: '0.1',
      depth: '3',
    });
    const tags = Object.fromEntries(data.tags?.map(({ key, value }) => [key, value]) ?? []);
    assert.deepEqual([tags.k, tags.owner], ['v', 'me']);
    const history = await cli.json<{ step: number; value: number }[]>(
      'experiments',
      'get-history',
      'rmse',
      '--run-id',
      id,
    );
    assert.deepEqual(
      history.map(({ step, value }) => [step, value]),
      [
        [3, 52.5],
        [4, 51.5],
      ],
    );
    assert.deepEqual(await command('list-artifacts', '--run-id', id), []);
    await quiet('delete-tag', id, 'owner');
    assert.equal(
      (await run(id)).data.tags?.some(({ key }) => key === 'owner'),
      false,
    );
  });

  it('a parameter keeps its value', async () => {
    const id = await start(await create('constant'), 'only', 1000);
    await quiet('log-param', 'alpha', '0.1', '--run-id', id);
    assert.match(
      await cli.refusal('experiments', 'log-param', 'alpha', '0.2', '--run-id', id),
      /^Error: Changing param values is not allowed\. Param with key='alpha' was already logged with value='0\.1'/,
    );
  });

  it('search-runs filters and orders', async () => {
    const experimentId = await create('searched');
    for (const [name, rmse] of [
      ['a', 53],
      ['b', 50],
      ['c', 51],
    ] as const) {
      const id = await start(experimentId, name, 1000);
      await quiet('log-metric', 'rmse', String(rmse), '1000', '--run-id', id);
    }
    assert.deepEqual(await search(experimentId, 'metrics.rmse < 52'), ['b', 'c']);
    assert.deepEqual(await search(experimentId, "metrics.rmse > 50 AND tags.k = 'v'"), ['c', 'a']);
    const broken = JSON.stringify({ experiment_ids: [experimentId], filter: 'metrics.rmse <' });
    assert.match(await cli.refusal('experiments', 'search-runs', '--json', broken), /^Error: .*filter/i);
  });

  it('delete-run and restore-run', async () => {
    const experimentId = await create('runs');
    const id = await start(experimentId, 'only', 1000);
    await quiet('delete-run', id);
    assert.deepEqual([(await run(id)).info.lifecycle_stage, await search(experimentId, '')], ['deleted', []]);
    await quiet('restore-run', id);
    assert.deepEqual(await search(experimentId, ''), ['only']);
  });

  it('delete-runs up to a time, and restore-runs deleted since a time', async () => {
    const experimentId = await create('old runs');
    for (const [name, time] of [
      ['old', 1000],
      ['older', 500],
      ['new', 2000],
    ] as const) {
      await start(experimentId, name, time);
    }
    assert.deepEqual(await command('delete-runs', experimentId, '1000'), { runs_deleted: 2 });
    assert.deepEqual(await search(experimentId, ''), ['new']);
    assert.deepEqual(await command('delete-runs', experimentId, '1000'), { runs_deleted: 0 });
    assert.deepEqual(await command('restore-runs', experimentId, '1'), { runs_restored: 2 });
    assert.deepEqual((await search(experimentId, '')).sort(), ['new', 'old', 'older']);
  });

  it('permissions of an experiment', async () => {
    const id = await create('guarded');
    const list = JSON.stringify({ access_control_list: [{ group_name: 'users', permission_level: 'CAN_READ' }] });
    const changed = await cli.json<{
      object_type: string;
      access_control_list: { group_name?: string; all_permissions: { permission_level: string }[] }[];
    }>('experiments', 'update-permissions', id, '--json', list);
    assert.equal(changed.object_type, 'mlflowExperiment');
    assert.deepEqual(
      changed.access_control_list.find(({ group_name }) => group_name === 'users')?.all_permissions[0]
        ?.permission_level,
      'CAN_READ',
    );
  });
});
