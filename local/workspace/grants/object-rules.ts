import type { Call, Workspace } from '../api';
import { type Fields, objectList, optionalObject, optionalText } from '../fields';
import { pipelineOwner } from '../pipelines/pipeline-identity';
import { PipelineStore } from '../pipelines/pipeline-store';
import { changesOwner } from '../queries/query-change';
import { savedQueries } from '../queries/query-store';
import { textField } from '../request-fields';
import type { SecretScopes } from '../secrets/secret-values';
import type { Endpoint } from '../serving/endpoint';
import type { Access } from './access';
import type { Rule } from './catalog-rules';
import { experimentRules } from './experiment-rules';
import { fileRules } from './file-rules';
import { jobRules } from './job-rules';
import { type Kind, type Need, ObjectAccess, shownOnly } from './object-access';
import { requireRunAs, requireSameOwner } from './run-as';
import { requireSecrets, secretRules } from './secret-rules';
import { securableOf } from './securables';
import { workspaceFileRules } from './workspace-file-rules';

/** Who may do what with warehouses, endpoints, pipelines, queries, jobs and files, by method and path of the operation. */
export function objectRules(workspace: Workspace, secrets: SecretScopes): Readonly<Record<string, Rule>> {
  const objects = new ObjectAccess(workspace);
  const endpoint = (name: string) => workspace.store.collection<Endpoint>('serving-endpoints').get(name);

  const onWarehouse =
    (need: Need): Rule =>
    async (call, access) => {
      objects.require(access, 'warehouses', call.params.id ?? (await textField(call, 'warehouse_id')), need);
      return undefined;
    };
  const onEndpoint =
    (need: Need): Rule =>
    async (call, access) => {
      const name = call.params.name ?? '';
      const found = endpoint(name);
      objects.require(access, 'serving-endpoints', found?.id ?? name, need);
      return undefined;
    };
  const onObject =
    (kind: Kind, need: Need): Rule =>
    async (call, access) => {
      objects.require(access, kind, call.params.id ?? '', need);
      return undefined;
    };
  /** Whoever edits a query does not give it to somebody else; that the service demands more for it is [U]. */
  const onQueryChange: Rule = async (call, access) => {
    await onObject('queries', 'use')(call, access);
    const query = savedQueries(workspace).get(call.params.id ?? '');
    if (query !== undefined && changesOwner(await call.json<Fields>(), query)) {
      await onObject('queries', 'manage')(call, access);
    }
    return undefined;
  };
  const endpoints = '/api/2.0/serving-endpoints';
  const onPipelinePermissions: Rule = async (call, access) => {
    await onObject('pipelines', 'manage')(call, access);
    const pipeline = new PipelineStore(workspace).get(call.params.id ?? '');
    requireSameOwner(await call.json<Fields>(), pipeline === undefined ? '' : pipelineOwner(workspace, pipeline));
    return undefined;
  };

  const pipelines = '/api/2.0/pipelines';
  const queries = '/api/2.0/sql/queries';
  return {
    ...jobRules(workspace),
    ...Object.fromEntries(
      (['warehouses', 'serving-endpoints', 'pipelines', 'queries'] as const).flatMap((kind): [string, Rule][] => [
        [`GET /api/2.0/permissions/${kind}/:id`, onObject(kind, 'view')],
        [`GET /api/2.0/permissions/${kind}/:id/permissionLevels`, onObject(kind, 'view')],
        [`PUT /api/2.0/permissions/${kind}/:id`, onObject(kind, 'manage')],
        [`PATCH /api/2.0/permissions/${kind}/:id`, onObject(kind, 'manage')],
      ]),
    ),
    [`PUT /api/2.0/permissions/pipelines/:id`]: onPipelinePermissions,
    [`PATCH /api/2.0/permissions/pipelines/:id`]: onPipelinePermissions,
    [`GET ${pipelines}`]: async (_, access) =>
      shownOnly('statuses', ({ pipeline_id }) => objects.may(access, 'pipelines', String(pipeline_id), 'view')),
    [`POST ${pipelines}`]: onPipelineSettings,
    [`GET ${pipelines}/:id`]: onObject('pipelines', 'view'),
    [`PUT ${pipelines}/:id`]: async (call, access) => {
      await onObject('pipelines', 'manage')(call, access);
      return onPipelineSettings(call, access);
    },
    [`DELETE ${pipelines}/:id`]: onObject('pipelines', 'manage'),
    [`POST ${pipelines}/:id/updates`]: onObject('pipelines', 'use'),
    [`POST ${pipelines}/:id/stop`]: onObject('pipelines', 'use'),
    [`GET ${pipelines}/:id/updates`]: onObject('pipelines', 'view'),
    [`GET ${pipelines}/:id/updates/:update_id`]: onObject('pipelines', 'view'),
    [`GET ${pipelines}/:id/events`]: onObject('pipelines', 'view'),
    [`GET ${queries}`]: async (_, access) =>
      shownOnly('results', ({ id }) => objects.may(access, 'queries', String(id), 'view')),
    [`GET ${queries}/:id`]: onObject('queries', 'view'),
    [`PATCH ${queries}/:id`]: onQueryChange,
    [`DELETE ${queries}/:id`]: onObject('queries', 'manage'),
    'GET /api/2.0/sql/warehouses': async (_, access) =>
      shownOnly('warehouses', ({ id }) => objects.may(access, 'warehouses', String(id), 'view')),
    'GET /api/2.0/sql/warehouses/:id': onWarehouse('view'),
    'POST /api/2.0/sql/warehouses/:id/start': onWarehouse('use'),
    'POST /api/2.0/sql/warehouses/:id/stop': onWarehouse('manage'),
    'POST /api/2.0/sql/statements': onWarehouse('use'),
    [`GET ${endpoints}`]: async (_, access) =>
      shownOnly('endpoints', ({ id }) => objects.may(access, 'serving-endpoints', String(id), 'view')),
    [`GET ${endpoints}/:name`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/metrics`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/served-models/:entity/logs`]: onEndpoint('view'),
    [`GET ${endpoints}/:name/served-models/:entity/build-logs`]: onEndpoint('view'),
    [`POST ${endpoints}`]: async (call, access) => {
      requireServed(access, secrets, optionalObject(await call.json<Fields>(), 'config') ?? {});
      return undefined;
    },
    [`PUT ${endpoints}/:name/config`]: async (call, access) => {
      await onEndpoint('manage')(call, access);
      requireServed(access, secrets, await call.json<Fields>());
      return undefined;
    },
    [`PATCH ${endpoints}/:name/tags`]: onEndpoint('manage'),
    [`DELETE ${endpoints}/:name`]: onEndpoint('manage'),
    'POST /serving-endpoints/:name/invocations': onEndpoint('use'),
    ...fileRules(workspace),
    ...experimentRules(workspace),
    ...workspaceFileRules(workspace),
    ...secretRules(secrets),
  };
}

async function onPipelineSettings(call: Call, access: Access): Promise<undefined> {
  requireRunAs(access, await call.json<Fields>());
}

/** Who configures an endpoint needs the right to use what it serves, and to read the secrets that it is given, as the service demands of its creator. */
function requireServed(access: Access, secrets: SecretScopes, config: Fields): void {
  for (const entity of objectList(config, 'served_entities')) {
    const name = optionalText(entity, 'entity_name') ?? '';
    // A name that no model can have is refused, with its reason, by who carries out the request.
    if (name.split('.').length === 3) {
      access.require(['EXECUTE'], securableOf('FUNCTION', name));
    }
    for (const value of Object.values(optionalObject(entity, 'environment_vars') ?? {})) {
      const scope = /^\{\{secrets\/([^/]+)\//.exec(String(value))?.[1];
      if (scope !== undefined) {
        requireSecrets(secrets, access, scope, 'READ');
      }
    }
  }
}
