import { createHash } from 'node:crypto';
import { ApiError, type Call, type Operation, type Workspace } from '../api';
import { administrator } from '../identity/principals';
import { type Permission, permissionOf } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';
import { objectPermissionOperations } from '../permissions/object-permissions';

/** What a serverless warehouse takes to come up; short, so that nobody waits for it in tests, but long enough to be seen. */
const START_MILLISECONDS = 500;
const STOP_MILLISECONDS = 200;

/** The id of the workspace's one warehouse: 16 hexadecimal digits, the same at every start. */
export function warehouseId(workspace: Pick<Workspace, 'id' | 'name'>): string {
  return createHash('sha256').update(`warehouse:${workspace.id}:${workspace.name}`).digest('hex').slice(0, 16);
}

/** What the warehouse's list says: that the administrator owns it, until the start or a request changes it. */
export function warehousePermissions(workspace: Workspace): readonly Permission[] {
  return (
    keptPermissions(workspace, 'warehouses').get(warehouseId(workspace)) ?? [
      permissionOf(administrator().userName, 'IS_OWNER'),
    ]
  );
}

/** Whether the workspace has a warehouse of this id. */
export function isWarehouse(workspace: Workspace, id: string): boolean {
  return id === warehouseId(workspace);
}

/** What was last asked of the warehouse; its state follows from the time. */
interface Asked {
  readonly state: 'RUNNING' | 'STOPPED';
  /** Milliseconds since the Unix epoch; until then it is on its way. */
  readonly from: number;
}

/** `/api/2.0/sql/warehouses`: one serverless warehouse; a statement starts it when it is stopped. */
export function warehouseOperations(workspace: Workspace): Operation[] {
  return [
    {
      method: 'GET',
      path: '/api/2.0/sql/warehouses',
      note: 'the one warehouse',
      handle: () => ({ json: { warehouses: [describe(workspace)] } }),
    },
    { method: 'GET', path: '/api/2.0/sql/warehouses/:id', handle: (call) => ({ json: describe(known(call)) }) },
    {
      method: 'POST',
      path: '/api/2.0/sql/warehouses/:id/start',
      handle: (call) => {
        startWarehouse(known(call));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/api/2.0/sql/warehouses/:id/stop',
      lacks: 'the end of statements that run: they go on',
      handle: (call) => {
        stopWarehouse(known(call));
        return {};
      },
    },
    ...objectPermissionOperations(workspace, {
      path: 'warehouses',
      type: 'warehouses',
      levels: {
        CAN_VIEW: 'Can view the warehouse',
        CAN_MONITOR: 'Can view the warehouse and its queries, and run statements on it',
        CAN_USE: 'Can run statements on the warehouse',
        CAN_MANAGE: 'Can do everything with the warehouse',
        IS_OWNER: 'Owns the warehouse: can do everything with it',
      },
      permissions: (id) => (isWarehouse(workspace, id) ? warehousePermissions(workspace) : undefined),
    }),
  ];
}

/**
 * What a statement does on a stopped warehouse: it starts it.
 * @returns milliseconds until it runs, 0 when it does
 */
export function startWarehouse(workspace: Workspace): number {
  const now = workspace.clock.now();
  const asked = lastAsked(workspace);
  if (asked.state === 'RUNNING') {
    return Math.max(0, asked.from - now);
  }
  ask(workspace, { state: 'RUNNING', from: now + START_MILLISECONDS });
  return START_MILLISECONDS;
}

function stopWarehouse(workspace: Workspace): void {
  if (lastAsked(workspace).state === 'RUNNING') {
    ask(workspace, { state: 'STOPPED', from: workspace.clock.now() + STOP_MILLISECONDS });
  }
}

function states(workspace: Workspace) {
  return workspace.store.collection<Partial<Asked>>('warehouses');
}

function ask(workspace: Workspace, asked: Asked): void {
  states(workspace).put(warehouseId(workspace), asked);
}

/** A new warehouse runs; so does one that an older data folder knows without a time. */
function lastAsked(workspace: Workspace): Asked {
  const { state = 'RUNNING', from = 0 } = states(workspace).get(warehouseId(workspace)) ?? {};
  return { state, from };
}

function stateOf(workspace: Workspace): 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' {
  const { state, from } = lastAsked(workspace);
  if (from <= workspace.clock.now()) {
    return state;
  }
  return state === 'RUNNING' ? 'STARTING' : 'STOPPING';
}

function known(call: Call): Workspace {
  const id = call.params.id ?? '';
  if (!isWarehouse(call.workspace, id)) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse with ID ${id} does not exist.`);
  }
  return call.workspace;
}

function describe(workspace: Workspace): Record<string, unknown> {
  const id = warehouseId(workspace);
  const state = stateOf(workspace);
  const up = state === 'RUNNING';
  return {
    id,
    name: 'Local warehouse',
    size: 'XXSMALL',
    cluster_size: '2X-Small',
    min_num_clusters: 1,
    max_num_clusters: 1,
    num_clusters: up ? 1 : 0,
    num_active_sessions: 0,
    auto_stop_mins: 0,
    creator_name: administrator().userName,
    enable_photon: false,
    enable_serverless_compute: true,
    warehouse_type: 'PRO',
    spot_instance_policy: 'COST_OPTIMIZED',
    state,
    ...(up ? { health: { status: 'HEALTHY' } } : {}),
    jdbc_url: `jdbc:spark://${new URL(workspace.url).host}/default;transportMode=http;ssl=0;AuthMech=3;httpPath=/sql/1.0/warehouses/${id};`,
    odbc_params: {
      hostname: new URL(workspace.url).hostname,
      path: `/sql/1.0/warehouses/${id}`,
      protocol: 'https',
      port: Number(new URL(workspace.url).port),
    },
  };
}
