import { randomInt, randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply, type Service, type Workspace } from '../api';
import { objectPermissionOperations } from '../permissions/object-permissions';
import type { PythonEnvironments } from '../python/environment';
import { seededUniform } from '../seeded-uniform';
import { beginUpdate, deploymentKey, type Endpoint, newEndpoint, type ServedEntity } from './endpoint';
import { endpointPermissions } from './endpoint-permissions';
import { createEndpoints } from './endpoints';
import { createEntityLogs, type LogKind } from './entity-logs';
import { createInvocations } from './invocations';
import { mlflowScorers } from './mlflow-scorers';
import {
  endpointName,
  endpointTags,
  resolvedEnvironment,
  type SecretValues,
  type ServableModels,
  tagKeys,
  wantedConfig,
} from './request';
import type { Scorers } from './scorers';
import { endpointDetail, endpointListItem } from './wire';

export interface ServingOptions {
  /** What starts the model processes; default: real MLflow scoring processes. */
  readonly scorers?: Scorers;
  /** Seed of the traffic split; default: another one each time. */
  readonly seed?: number;
  /** Default: there are no secrets, and an entity that names one is refused. */
  readonly secrets?: SecretValues;
}

const prefix = '/api/2.0/serving-endpoints';
const NOT_SERVED = 'external models, foundation models and functions';

/**
 * Model serving of one workspace: endpoints whose entities are model processes of this machine.
 * Asynchronous updates as Databricks documents them: the former configuration serves until the pending one is ready.
 */
export function createServing(
  workspace: Workspace,
  python: PythonEnvironments,
  models: ServableModels,
  options: ServingOptions = {},
): Service {
  const { clock, store, folder } = workspace;
  const secrets = options.secrets ?? { read: () => undefined };
  const logs = createEntityLogs(folder);
  const endpoints = createEndpoints({ clock, store, logs, scorers: options.scorers ?? mlflowScorers(python), source });
  const invocations = createInvocations(clock, endpoints, seededUniform(options.seed ?? randomInt(2 ** 32)));

  function source(entity: ServedEntity) {
    const version = models.version(entity.entity_name, entity.entity_version);
    if (version === undefined) {
      throw new Error(`Model version ${entity.entity_name} ${entity.entity_version} does not exist any more.`);
    }
    return { modelFolder: version.folder, environment: resolvedEnvironment(entity.environment_vars ?? {}, secrets) };
  }

  function known(call: Call): Endpoint {
    const name = call.params.name ?? '';
    const endpoint = endpoints.get(name);
    if (endpoint === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The endpoint ${name} does not exist.`);
    }
    return endpoint;
  }

  async function create(call: Call): Promise<Reply> {
    const body = await call.json();
    const name = endpointName(body.name);
    const identity = {
      name,
      id: randomUUID().replaceAll('-', ''),
      creator: call.principal.userName,
      description: typeof body.description === 'string' ? body.description : '',
      tags: endpointTags(body.tags),
    };
    const wanted = wantedConfig(body.config, models, secrets);
    if (endpoints.get(name) !== undefined) {
      throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Serving endpoint with name ${name} already exists`);
    }
    const endpoint = newEndpoint(identity, wanted, clock.now());
    endpoints.put(endpoint);
    return { json: endpointDetail(endpoint) };
  }

  async function updateConfig(call: Call): Promise<Reply> {
    const body = await call.json();
    const wanted = wantedConfig(body, models, secrets);
    const endpoint = known(call);
    if (endpoint.update === 'IN_PROGRESS') {
      throw updateInProgress(endpoint.name);
    }
    const updated = beginUpdate(endpoint, wanted, call.principal.userName, clock.now());
    endpoints.put(updated);
    return { json: endpointDetail(updated) };
  }

  async function changeTags(call: Call): Promise<Reply> {
    const body = await call.json();
    const added = endpointTags(body.add_tags);
    const gone = new Set([...tagKeys(body.delete_tags), ...added.map((tag) => tag.key)]);
    const endpoint = known(call);
    const tags = [...endpoint.tags.filter((tag) => !gone.has(tag.key)), ...added];
    endpoints.put({ ...endpoint, tags });
    return { json: { tags } };
  }

  async function remove(call: Call): Promise<Reply> {
    const endpoint = known(call);
    await endpoints.remove(endpoint.name);
    invocations.forget(endpoint.id);
    return {};
  }

  function entityLog(call: Call, kind: LogKind): Reply {
    const endpoint = known(call);
    const entities = [...(endpoint.pending?.entities ?? []), ...(endpoint.config?.entities ?? [])];
    const entity = entities.find((candidate) => candidate.name === call.params.entity);
    if (entity === undefined) {
      const message = `The endpoint ${endpoint.name} has no served entity ${call.params.entity}.`;
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message);
    }
    return { json: { logs: logs.read(endpoint.id, deploymentKey(entity), kind) } };
  }

  function list(): Reply {
    const all = endpoints.list();
    return { json: all.length === 0 ? {} : { endpoints: all.map(endpointListItem) } };
  }

  const operations: Operation[] = [
    { method: 'POST', path: prefix, note: 'custom models; tags, description', lacks: NOT_SERVED, handle: create },
    { method: 'GET', path: prefix, handle: list },
    { method: 'GET', path: `${prefix}/:name`, handle: (call) => ({ json: endpointDetail(known(call)) }) },
    { method: 'DELETE', path: `${prefix}/:name`, handle: remove },
    {
      method: 'PUT',
      path: `${prefix}/:name/config`,
      note: 'asynchronous, with pending_config',
      lacks: `auto_capture_config, ${NOT_SERVED}`,
      handle: updateConfig,
    },
    { method: 'PATCH', path: `${prefix}/:name/tags`, handle: changeTags },
    {
      method: 'GET',
      path: `${prefix}/:name/served-models/:entity/build-logs`,
      note: "installation of the model's Python environment",
      handle: (call) => entityLog(call, 'build'),
    },
    {
      method: 'GET',
      path: `${prefix}/:name/served-models/:entity/logs`,
      handle: (call) => entityLog(call, 'service'),
    },
    {
      method: 'GET',
      path: `${prefix}/:name/metrics`,
      note: 'requests, errors and latency since the workspace started, Prometheus text',
      lacks: 'CPU, memory and provisioned concurrency',
      handle: (call) => invocations.metrics(known(call)),
    },
    {
      method: 'POST',
      path: '/serving-endpoints/:name/invocations',
      note: 'answered by a real MLflow scoring process; header served-model-name',
      handle: (call) => invocations.invoke(known(call), call),
    },
    ...objectPermissionOperations(workspace, {
      path: 'serving-endpoints',
      type: 'serving-endpoint',
      levels: {
        CAN_VIEW: 'Can view the endpoint',
        CAN_QUERY: 'Can view and query the endpoint',
        CAN_MANAGE: 'Can do everything with the endpoint',
      },
      permissions: (id) => {
        const endpoint = endpoints.list().find((candidate) => candidate.id === id);
        return endpoint && endpointPermissions(workspace, endpoint);
      },
    }),
  ];
  return { operations, start: async () => endpoints.start(), stop: () => endpoints.stop() };
}

/** [U] Status and text of Databricks for `PUT …/config` during an update are not verified: this is the one place that chooses them. */
function updateInProgress(name: string): ApiError {
  const message = `Endpoint ${name} is currently updating. Wait for the update to complete before updating its configuration.`;
  return new ApiError(409, 'RESOURCE_CONFLICT', message);
}
