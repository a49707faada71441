import { ApiError, type Reply, type Workspace } from '../api';
import { jobPermissions } from '../jobs/job-permissions';
import { JobStore } from '../jobs/run-store';
import type { Permission } from '../permissions/access-list';
import { pipelinePermissions } from '../pipelines/pipeline-identity';
import { PipelineStore } from '../pipelines/pipeline-store';
import { queryPermissions, savedQueries } from '../queries/query-store';
import type { Endpoint } from '../serving/endpoint';
import { endpointPermissions } from '../serving/endpoint-permissions';
import { isWarehouse, warehousePermissions } from '../sql/warehouses';
import type { Access } from './access';

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
  pipelines: {
    view: ['CAN_VIEW', 'CAN_RUN', 'CAN_MANAGE', 'IS_OWNER'],
    use: ['CAN_RUN', 'CAN_MANAGE', 'IS_OWNER'],
    manage: ['CAN_MANAGE', 'IS_OWNER'],
  },
  queries: {
    view: ['CAN_VIEW', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'],
    use: ['CAN_EDIT', 'CAN_MANAGE'],
    manage: ['CAN_MANAGE'],
  },
} as const;
export type Kind = keyof typeof LEVELS;
export type Need = 'view' | 'use' | 'manage';

/** What a refusal says is missing; the words for jobs and pipelines are those of the service, the others [U]. */
const WORDS: Readonly<Record<Kind, Readonly<Record<Need, (id: string) => string>>>> = {
  jobs: {
    view: (id) => `View or Admin or Manage Run or Owner permissions on job ${id}`,
    use: (id) => `Admin or Manage Run or Owner permissions on job ${id}`,
    manage: (id) => `Admin or Owner permissions on job ${id}`,
  },
  warehouses: {
    view: (id) => `CAN VIEW permissions on SQL warehouse ${id}`,
    use: (id) => `CAN USE permissions on SQL warehouse ${id}`,
    manage: (id) => `CAN MANAGE permissions on SQL warehouse ${id}`,
  },
  'serving-endpoints': {
    view: (id) => `CAN VIEW permissions on serving endpoint ${id}`,
    use: (id) => `CAN QUERY permissions on serving endpoint ${id}`,
    manage: (id) => `CAN MANAGE permissions on serving endpoint ${id}`,
  },
  pipelines: {
    view: (id) => `View permissions on pipeline ${id}.`,
    use: (id) => `Run permissions on pipeline ${id}.`,
    manage: (id) => `Manage permissions on pipeline ${id}.`,
  },
  queries: {
    view: (id) => `CAN VIEW permissions on query ${id}`,
    use: (id) => `CAN EDIT permissions on query ${id}`,
    manage: (id) => `CAN MANAGE permissions on query ${id}`,
  },
};

/** The access control lists of one workspace's objects, and whom they let do what. */
export class ObjectAccess {
  readonly #jobs;
  readonly #pipelines;
  readonly #queries;
  readonly #endpoints;

  constructor(private readonly workspace: Workspace) {
    this.#jobs = new JobStore(workspace.store);
    this.#pipelines = new PipelineStore(workspace);
    this.#queries = savedQueries(workspace);
    this.#endpoints = workspace.store.collection<Endpoint>('serving-endpoints');
  }

  /** @param given a list besides that of the object, such as a one-time run's own; its creator may everything */
  may(
    access: Access,
    kind: Kind,
    id: string,
    need: Need,
    given: { creator?: string; list?: readonly Permission[] } = {},
  ) {
    const { administrator, names } = access.identity;
    const levels: readonly string[] = LEVELS[kind][need];
    return (
      administrator ||
      (given.creator !== undefined && names.has(given.creator.toLowerCase())) ||
      [...this.#listOf(kind, id), ...(given.list ?? [])].some(
        ({ name, level }) => names.has(name.toLowerCase()) && levels.includes(level),
      )
    );
  }

  /**
   * Refuses also for what does not exist: who may not see an object is not told whether it is there (databricks-api 14).
   * @throws ApiError 403 PERMISSION_DENIED
   */
  require(
    access: Access,
    kind: Kind,
    id: string,
    need: Need,
    given: { creator?: string; list?: readonly Permission[] } = {},
  ): void {
    if (!this.may(access, kind, id, need, given)) {
      const { userName } = access.identity.principal;
      throw new ApiError(403, 'PERMISSION_DENIED', `User ${userName} does not have ${WORDS[kind][need](id)}`);
    }
  }

  /** What the object's list says: that its maker may everything, until a request changes it. */
  #listOf(kind: Kind, id: string): readonly Permission[] {
    const { workspace } = this;
    switch (kind) {
      case 'jobs':
        return listOf(this.#jobs.get(id), jobPermissions);
      case 'pipelines':
        return listOf(this.#pipelines.get(id), (pipeline) => pipelinePermissions(workspace, pipeline));
      case 'queries':
        return listOf(this.#queries.get(id), (query) => queryPermissions(workspace, query));
      case 'warehouses':
        return isWarehouse(workspace, id) ? warehousePermissions(workspace) : [];
      case 'serving-endpoints': {
        const endpoint = [...this.#endpoints.entries()].find(([, one]) => one.id === id)?.[1];
        return listOf(endpoint, (found) => endpointPermissions(workspace, found));
      }
    }
  }
}

/** What the list of an object says; nobody may anything with what is not there. */
function listOf<T>(object: T | undefined, permissions: (object: T) => readonly Permission[]): readonly Permission[] {
  return object === undefined ? [] : permissions(object);
}

/** What a list leaves of its entries for whoever asked; pages become shorter. */
export function shownOnly(
  name: string,
  allowed: (item: Readonly<Record<string, unknown>>) => boolean,
): (reply: Reply) => Reply {
  return (reply) => {
    const answer = (reply.json ?? {}) as Record<string, unknown>;
    const left = ((answer[name] ?? []) as readonly Record<string, unknown>[]).filter(allowed);
    return { ...reply, json: { ...answer, [name]: left.length === 0 ? undefined : left } };
  };
}
