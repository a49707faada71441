import { ApiError, type Workspace } from '../api';
import { type Fields, objectList, optionalObject, optionalText } from '../fields';
import { jobPermissions } from '../jobs/permission-operations';
import type { JobStore, RunStore } from '../jobs/run-store';
import type { Permission } from '../permissions/access-list';
import { textField } from '../request-fields';
import type { Access } from './access';
import { artifactRules } from './artifact-rules';
import type { Rule } from './catalog-rules';
import { FILE_RULES } from './file-rules';
import { securableOf } from './securables';

/** Kinds of objects whose access control lists are enforced, with the levels that let view, use and manage them. */
const LEVELS = {
  jobs: {
    view: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
    use: ['CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
    manage: ['CAN_MANAGE', 'IS_OWNER'],
  },
  warehouses: {
    view: ['CAN_VIEW', 'CAN_USE', 'CAN_MONITOR', 'CAN_MANAGE', 'IS_OWNER'],
    use: ['CAN_USE', 'CAN_MONITOR', 'CAN_MANAGE', 'IS_OWNER'],
    manage: ['CAN_MANAGE', 'IS_OWNER'],
  },
  'serving-endpoints': {
    view: ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'],
    use: ['CAN_QUERY', 'CAN_MANAGE'],
    manage: ['CAN_MANAGE'],
  },
} as const;
type Kind = keyof typeof LEVELS;
type Need = 'view' | 'use' | 'manage';

/** What a refusal says is missing; the words for jobs are those of the service, the others [U]. */
const WORDS: Readonly<Record<Kind, Readonly<Record<Need, string>>>> = {
  jobs: {
    view: 'View or Admin or Manage Run or Owner permissions on job',
    use: 'Admin or Manage Run or Owner permissions on job',
    manage: 'Admin or Owner permissions on job',
  },
  warehouses: {
    view: 'CAN VIEW permissions on SQL warehouse',
    use: 'CAN USE permissions on SQL warehouse',
    manage: 'CAN MANAGE permissions on SQL warehouse',
  },
  'serving-endpoints': {
    view: 'CAN VIEW permissions on serving endpoint',
    use: 'CAN QUERY permissions on serving endpoint',
    manage: 'CAN MANAGE permissions on serving endpoint',
  },
};

/** Where the rules find who made an object and what its list says. */
export interface PermittedObjects {
  readonly jobs: JobStore;
  readonly runs: Pick<RunStore, 'get' | 'attempt'>;
  endpoint(name: string): { readonly id: string; readonly creator: string } | undefined;
}

/** Who may do what with jobs, warehouses, endpoints and files, by method and path of the operation. */
export function objectRules(workspace: Workspace, objects: PermittedObjects): Readonly<Record<string, Rule>> {
  function listOf(kind: Kind, id: string): readonly Permission[] {
    if (kind === 'jobs') {
      const job = objects.jobs.get(id);
      return job === undefined ? [] : jobPermissions(job);
    }
    return workspace.store.collection<readonly Permission[]>(`permissions/${kind}`).get(id) ?? [];
  }

  function may(access: Access, kind: Kind, id: string, need: Need, creator?: string): boolean {
    const { administrator, names } = access.identity;
    const levels: readonly string[] = LEVELS[kind][need];
    return (
      administrator ||
      (creator !== undefined && names.has(creator.toLowerCase())) ||
      listOf(kind, id).some(({ name, level }) => names.has(name.toLowerCase()) && levels.includes(level))
    );
  }

  function require(access: Access, kind: Kind, id: string, need: Need, creator?: string): void {
    // Also for what does not exist: who may not see an object is not told whether it is there (databricks-api 14).
    if (!may(access, kind, id, need, creator)) {
      const { userName } = access.identity.principal;
      throw new ApiError(403, 'PERMISSION_DENIED', `User ${userName} does not have ${WORDS[kind][need]} ${id}`);
    }
  }

  const onJob =
    (need: Need): Rule =>
    async (call, access) => {
      require(access, 'jobs', (await textField(call, 'job_id')) || (call.params.id ?? ''), need);
      return undefined;
    };
  const onRun =
    (need: Need): Rule =>
    async (call, access) => {
      const id = await textField(call, 'run_id');
      const run = objects.runs.get(id) ?? objects.runs.attempt(id)?.run;
      if (run !== undefined && !access.identity.names.has(run.creator.userName.toLowerCase())) {
        require(access, 'jobs', run.jobId, need);
      }
      return undefined;
    };
  const onWarehouse =
    (need: Need): Rule =>
    async (call, access) => {
      require(access, 'warehouses', call.params.id ?? (await textField(call, 'warehouse_id')), need);
      return undefined;
    };
  const onEndpoint =
    (need: Need): Rule =>
    async (call, access) => {
      const name = call.params.name ?? '';
      const endpoint = objects.endpoint(name);
      require(access, 'serving-endpoints', endpoint?.id ?? name, need, endpoint?.creator);
      return undefined;
    };
  const onObject =
    (kind: Kind, need: Need): Rule =>
    async (call, access) => {
      require(access, kind, call.params.id ?? '', need);
      return undefined;
    };
  const shown =
    (name: string, allowed: (access: Access, item: Record<string, unknown>) => boolean): Rule =>
    async (_, access) =>
    (reply) => {
      const answer = (reply.json ?? {}) as Record<string, unknown>;
      const left = ((answer[name] ?? []) as readonly Record<string, unknown>[]).filter((item) => allowed(access, item));
      return { ...reply, json: { ...answer, [name]: left.length === 0 ? undefined : left } };
    };

  const jobs = ['2.1', '2.2'].flatMap((version): [string, Rule][] => {
    const root = `/api/${version}/jobs`;
    return [
      [`GET ${root}/get`, onJob('view')],
      [`GET ${root}/list`, shown('jobs', (access, { job_id }) => may(access, 'jobs', String(job_id), 'view'))],
      [`POST ${root}/reset`, onJob('manage')],
      [`POST ${root}/update`, onJob('manage')],
      [`POST ${root}/delete`, onJob('manage')],
      [`POST ${root}/run-now`, onJob('use')],
      [`POST ${root}/runs/cancel-all`, onJob('use')],
      [`GET ${root}/runs/get`, onRun('view')],
      [`GET ${root}/runs/get-output`, onRun('view')],
      [`GET ${root}/runs/export`, onRun('view')],
      [`POST ${root}/runs/cancel`, onRun('use')],
      [`POST ${root}/runs/repair`, onRun('use')],
      [`POST ${root}/runs/delete`, onRun('manage')],
      [
        `GET ${root}/runs/list`,
        shown(
          'runs',
          (access, { job_id, creator_user_name }) =>
            access.identity.names.has(String(creator_user_name).toLowerCase()) ||
            may(access, 'jobs', String(job_id), 'view'),
        ),
      ],
    ];
  });
  const endpoints = '/api/2.0/serving-endpoints';
  return {
    ...Object.fromEntries(jobs),
    ...Object.fromEntries(
      (['jobs', 'warehouses', 'serving-endpoints'] as const).flatMap((kind): [string, Rule][] => [
        [`GET /api/2.0/permissions/${kind}/:id`, onObject(kind, 'view')],
        [`PUT /api/2.0/permissions/${kind}/:id`, onObject(kind, 'manage')],
        [`PATCH /api/2.0/permissions/${kind}/:id`, onObject(kind, 'manage')],
      ]),
    ),
    'GET /api/2.0/sql/warehouses': shown('warehouses', (access, { id }) =>
      may(access, 'warehouses', String(id), 'view'),
    ),
    'GET /api/2.0/sql/warehouses/:id': onWarehouse('view'),
    'POST /api/2.0/sql/warehouses/:id/start': onWarehouse('use'),
    'POST /api/2.0/sql/warehouses/:id/stop': onWarehouse('manage'),
    'POST /api/2.0/sql/statements': onWarehouse('use'),
    [`GET ${endpoints}`]: shown('endpoints', (access, { id, creator }) =>
      may(access, 'serving-endpoints', String(id), 'view', String(creator)),
    ),
    [`GET ${endpoints}/:name`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/metrics`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/served-models/:entity/logs`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/served-models/:entity/build-logs`]: onEndpoint('view'),
    [`POST ${endpoints}`]: async (call, access) => {
      await requireServed(access, optionalObject(await call.json<Fields>(), 'config') ?? {});
      return undefined;
    },
    [`PUT ${endpoints}/:name/config`]: async (call, access) => {
      await onEndpoint('manage')(call, access);
      await requireServed(access, await call.json<Fields>());
      return undefined;
    },
    [`PATCH ${endpoints}/:name/tags`]: onEndpoint('manage'),
    [`DELETE ${endpoints}/:name`]: onEndpoint('manage'),
    'POST /serving-endpoints/:name/invocations': onEndpoint('use'),
    ...FILE_RULES,
    ...artifactRules(workspace),
  };
}

/** Who configures an endpoint needs the right to use what it serves, as the service demands of its creator. */
async function requireServed(access: Access, config: Fields): Promise<void> {
  for (const entity of objectList(config, 'served_entities')) {
    const name = optionalText(entity, 'entity_name') ?? '';
    // A name that no model can have is refused, with its reason, by who carries out the request.
    if (name.split('.').length === 3) {
      access.require(['EXECUTE'], securableOf('FUNCTION', name));
    }
  }
}
