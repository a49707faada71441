import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

interface Access {
  readonly object_id: string;
  readonly object_type: string;
  readonly access_control_list: readonly {
    readonly user_name?: string;
    readonly group_name?: string;
    readonly all_permissions: readonly { readonly permission_level: string; readonly inherited: boolean }[];
  }[];
}

describe('permissions of experiments and pipelines', () => {
  let workspace: TestWorkspace;
  let paths: Record<'experiments' | 'pipelines', string>;

  before(async () => {
    workspace = await startTestWorkspace();
    const experiment = await workspace.call<{ experiment_id: string }>('POST', '/api/2.0/mlflow/experiments/create', {
      name: '/Shared/permitted',
    });
    const pipeline = await workspace.call<{ pipeline_id: string }>('POST', '/api/2.0/pipelines', {
      name: 'permitted',
      catalog: 'dev',
      schema: 'default',
    });
    paths = {
      experiments: `/api/2.0/permissions/experiments/${experiment.json.experiment_id}`,
      pipelines: `/api/2.0/permissions/pipelines/${pipeline.json.pipeline_id}`,
    };
  });
  after(() => workspace.stop());

  const shown = ({ access_control_list: list }: Access) =>
    list.map((entry) => [entry.user_name ?? entry.group_name, entry.all_permissions[0]?.permission_level]);

  async function permissions(path: string): Promise<Access> {
    const reply = await workspace.call<Access>('GET', path);
    assert.equal(reply.status, 200, reply.text);
    return reply.json;
  }

  it('begin with the creator, and with what administrators inherit', async () => {
    const me = (await workspace.call<{ userName: string }>('GET', '/api/2.0/preview/scim/v2/Me')).json.userName;
    for (const [kind, type, level] of [
      ['experiments', 'mlflowExperiment', 'CAN_MANAGE'],
      ['pipelines', 'pipelines', 'IS_OWNER'],
    ] as const) {
      const access = await permissions(paths[kind]);
      assert.equal(access.object_type, type);
      assert.ok(access.object_id.startsWith(`/${kind}/`));
      assert.deepEqual(shown(access), [
        [me, level],
        ['admins', 'CAN_MANAGE'],
      ]);
      assert.deepEqual(
        access.access_control_list.map((entry) => entry.all_permissions[0]?.inherited),
        [false, true],
      );
    }
  });

  it('change entries by PATCH and all of them by PUT', async () => {
    const list = (...entries: readonly [string, string][]) => ({
      access_control_list: entries.map(([group_name, permission_level]) => ({ group_name, permission_level })),
    });
    await workspace.call('PUT', paths.experiments, list(['readers', 'CAN_READ'], ['writers', 'CAN_EDIT']));
    await workspace.call('PATCH', paths.experiments, list(['readers', 'CAN_EDIT'], ['leads', 'CAN_MANAGE']));
    assert.deepEqual(shown(await permissions(paths.experiments)), [
      ['writers', 'CAN_EDIT'],
      ['readers', 'CAN_EDIT'],
      ['leads', 'CAN_MANAGE'],
      ['admins', 'CAN_MANAGE'],
    ]);
    await workspace.call('PUT', paths.experiments, {});
    assert.deepEqual(shown(await permissions(paths.experiments)), [['admins', 'CAN_MANAGE']]);
  });

  it('name their levels, and refuse others, nobody, doubles and objects that are not there', async () => {
    const levels = await workspace.call<{ permission_levels: { permission_level: string }[] }>(
      'GET',
      `${paths.experiments}/permissionLevels`,
    );
    assert.deepEqual(
      levels.json.permission_levels.map((level) => level.permission_level),
      ['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE'],
    );
    const reader = { group_name: 'readers', permission_level: 'CAN_READ' };
    for (const [entries, message] of [
      [[{ ...reader, permission_level: 'IS_OWNER' }], /IS_OWNER.*CAN_READ, CAN_EDIT, CAN_MANAGE/],
      [[{ permission_level: 'CAN_READ' }], /exactly one of user_name/],
      [[{ ...reader, user_name: 'ada@example.com' }], /exactly one of user_name/],
      [[reader, reader], /readers twice/],
    ] as const) {
      const reply = await workspace.call('PATCH', paths.experiments, { access_control_list: entries });
      assert.equal(reply.status, 400);
      assert.match(String(reply.json.message), message);
    }
    assert.equal((await workspace.call('GET', '/api/2.0/permissions/experiments/none')).status, 404);
    assert.equal((await workspace.call('PATCH', '/api/2.0/permissions/pipelines/none', {})).status, 404);
  });
});
