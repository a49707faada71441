import assert from 'node:assert/strict';
import type { Call, Workspace } from '../../../../../local/workspace/api';
import { memoryStore } from '../../../../../local/workspace/memory-store';
import {
  experimentPermissionOperations,
  experimentPermissions,
  permitMaker,
} from '../../../../../local/workspace/mlflow/experiment-permissions';
import { trackingOf } from '../../../../../local/workspace/mlflow/tracking';

const EXPERIMENT = {
  experiment_id: '1',
  name: '/Shared/older',
  artifact_location: 'dbfs:/databricks/mlflow-tracking/1',
  lifecycle_stage: 'active',
  creation_time: 0,
  last_update_time: 0,
  tags: [{ key: 'mlflow.ownerEmail', value: 'ada@example.com' }],
} as const;

describe('the own list of an experiment', () => {
  let workspace: Workspace;
  beforeEach(() => {
    workspace = { store: memoryStore() } as Workspace;
    trackingOf(workspace).experiments.put('1', EXPERIMENT);
  });

  /** Names with their levels that the service shows, administrators aside. */
  async function shown(): Promise<unknown[]> {
    const show =
      experimentPermissionOperations(workspace).find(({ method }) => method === 'GET') ??
      assert.fail('no such request');
    const { json } = await show.handle({ params: { id: '1' } } as unknown as Call);
    const { access_control_list: list } = json as { access_control_list: Record<string, unknown>[] };
    return list.filter(({ group_name }) => group_name !== 'admins').map(({ user_name }) => user_name);
  }
  const enforced = () => experimentPermissions(workspace, '1').map(({ name }) => name);

  it('is shown as it is enforced where none is kept: a tag names no owner', async () => {
    assert.deepEqual(await shown(), []);
    assert.deepEqual(await shown(), enforced());
  });

  it('is shown as it is enforced where its maker has it', async () => {
    permitMaker(workspace, '1', 'eve@example.com');
    assert.deepEqual(await shown(), ['eve@example.com']);
    assert.deepEqual(await shown(), enforced());
  });
});
