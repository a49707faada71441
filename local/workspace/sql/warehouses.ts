import { createHash } from 'node:crypto';
import { ApiError, type Call, type Operation, type Workspace } from '../api';

/** The id of the workspace's one warehouse: 16 hexadecimal digits, the same at every start. */
export function warehouseId(workspace: Pick<Workspace, 'id' | 'name'>): string {
  return createHash('sha256').update(`warehouse:${workspace.id}:${workspace.name}`).digest('hex').slice(0, 16);
}

interface State {
  readonly state: 'RUNNING' | 'STOPPED';
}

/** `/api/2.0/sql/warehouses`: one serverless warehouse; a statement starts it when it is stopped. */
export function warehouseOperations(workspace: Workspace): Operation[] {
  return [
    {
      method: 'GET',
      path: '/api/2.0/sql/warehouses',
      note: 'one warehouse',
      handle: () => ({ json: { warehouses: [describe(workspace)] } }),
    },
    { method: 'GET', path: '/api/2.0/sql/warehouses/:id', handle: (call) => ({ json: describe(known(call)) }) },
    { method: 'POST', path: '/api/2.0/sql/warehouses/:id/start', handle: (call) => setState(known(call), 'RUNNING') },
    { method: 'POST', path: '/api/2.0/sql/warehouses/:id/stop', handle: (call) => setState(known(call), 'STOPPED') },
  ];
}

/** A statement on a stopped warehouse starts it. */
export function startWarehouse(workspace: Workspace): void {
  setState(workspace, 'RUNNING');
}

function states(workspace: Workspace) {
  return workspace.store.collection<State>('warehouses');
}

function setState(workspace: Workspace, state: State['state']): Record<string, never> {
  states(workspace).put(warehouseId(workspace), { state });
  return {};
}

function known(call: Call): Workspace {
  if (call.params.id !== warehouseId(call.workspace)) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse with ID ${call.params.id} does not exist.`);
  }
  return call.workspace;
}

function describe(workspace: Workspace): Record<string, unknown> {
  const id = warehouseId(workspace);
  return {
    id,
    name: 'Local warehouse',
    size: 'XXSMALL',
    cluster_size: '2X-Small',
    min_num_clusters: 1,
    max_num_clusters: 1,
    num_clusters: 1,
    auto_stop_mins: 0,
    enable_photon: false,
    enable_serverless_compute: true,
    warehouse_type: 'PRO',
    state: states(workspace).get(id)?.state ?? 'RUNNING',
    health: { status: 'HEALTHY' },
    odbc_params: {
      hostname: new URL(workspace.url).hostname,
      path: `/sql/1.0/warehouses/${id}`,
      protocol: 'https',
      port: Number(new URL(workspace.url).port),
    },
  };
}
