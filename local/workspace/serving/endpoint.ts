import { createHash } from 'node:crypto';
import type { EndpointTag, ServedEntityRequest } from '../../../src/databricks/serving-endpoints';

/** What a caller chooses for one served entity. Field names are those of the wire. */
export interface EntitySettings extends ServedEntityRequest {
  readonly name: string;
}

export type Deployment =
  | 'DEPLOYMENT_CREATING'
  | 'DEPLOYMENT_READY'
  | 'DEPLOYMENT_RECOVERING'
  | 'DEPLOYMENT_FAILED'
  | 'DEPLOYMENT_ABORTED';

export interface ServedEntity extends EntitySettings {
  readonly creator: string;
  readonly creation_timestamp: number;
  readonly state: { readonly deployment: Deployment; readonly deployment_state_message: string };
}

export interface Route {
  readonly served_entity_name: string;
  readonly traffic_percentage: number;
}

/** What an update asks for: the whole configuration, never a part. */
export interface WantedConfig {
  readonly entities: readonly EntitySettings[];
  readonly routes: readonly Route[];
}

export interface EndpointConfig {
  readonly version: number;
  readonly entities: readonly ServedEntity[];
  readonly routes: readonly Route[];
}

/**
 * One endpoint as it is stored. `config` serves; `pending` is being deployed (`IN_PROGRESS`) or is what failed (`UPDATE_FAILED`).
 * Before the first deployment has ended there is no `config`.
 */
export interface Endpoint {
  readonly name: string;
  readonly id: string;
  readonly creator: string;
  readonly description: string;
  /** Milliseconds since the epoch, as every time here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly EndpointTag[];
  readonly update: 'NOT_UPDATING' | 'IN_PROGRESS' | 'UPDATE_FAILED';
  readonly config?: EndpointConfig;
  readonly pending?: EndpointConfig & { readonly startedAt: number };
}

/** What can happen to an endpoint from below: a change of one deployment, the clock, or a new workspace process. */
export type EndpointEvent =
  | {
      readonly kind: 'entity';
      readonly key: string;
      readonly deployment: 'DEPLOYMENT_READY' | 'DEPLOYMENT_FAILED' | 'DEPLOYMENT_RECOVERING';
      readonly message: string;
      readonly at: number;
    }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'restart'; readonly at: number };

/** The shortest update, milliseconds: even a change of routes alone is seen as in progress for this long. */
export const shortestUpdate = 500;

/**
 * Names the deployment that an entity needs: two entities with equal settings share one, so an unchanged entity is not deployed again,
 * and a changed one is deployed beside its former self.
 */
export function deploymentKey(entity: EntitySettings): string {
  const settings = [
    entity.entity_name,
    entity.entity_version,
    entity.workload_size,
    entity.workload_type,
    entity.scale_to_zero_enabled,
    entity.min_provisioned_concurrency,
    entity.max_provisioned_concurrency,
    Object.entries(entity.environment_vars ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
  return `${entity.name}-${digest}`;
}

/** A new endpoint, its first configuration pending. */
export function newEndpoint(
  identity: Pick<Endpoint, 'name' | 'id' | 'creator' | 'description' | 'tags'>,
  wanted: WantedConfig,
  at: number,
): Endpoint {
  const bare: Endpoint = { ...identity, createdAt: at, updatedAt: at, update: 'NOT_UPDATING' };
  return beginUpdate(bare, wanted, identity.creator, at);
}

/**
 * Takes a new configuration as pending; what already runs with the same settings keeps its state.
 * @throws RangeError while another update is in progress (callers check first)
 */
export function beginUpdate(endpoint: Endpoint, wanted: WantedConfig, by: string, at: number): Endpoint {
  if (endpoint.update === 'IN_PROGRESS') {
    throw new RangeError(`endpoint ${endpoint.name} is being updated`);
  }
  const running = new Map((endpoint.config?.entities ?? []).map((entity) => [deploymentKey(entity), entity]));
  const entities = wanted.entities.map((settings): ServedEntity => {
    const same = running.get(deploymentKey(settings));
    return (
      same ?? {
        ...settings,
        creator: by,
        creation_timestamp: at,
        state: { deployment: 'DEPLOYMENT_CREATING', deployment_state_message: 'The container is being created.' },
      }
    );
  });
  const version = (endpoint.config?.version ?? 0) + 1;
  return {
    ...endpoint,
    updatedAt: at,
    update: 'IN_PROGRESS',
    pending: { version, entities, routes: wanted.routes, startedAt: at },
  };
}

/** The endpoint after an event. An update ends here: all pending entities ready means the swap, one failed means UPDATE_FAILED. */
export function advance(endpoint: Endpoint, event: EndpointEvent): Endpoint {
  switch (event.kind) {
    case 'entity': {
      const serves = servingKeys(endpoint).has(event.key);
      // A container that ends before it ever served has failed; only what serves is worth starting again.
      const deployment =
        event.deployment === 'DEPLOYMENT_RECOVERING' && !serves ? 'DEPLOYMENT_FAILED' : event.deployment;
      const changed = changeEntities(endpoint, (entity) =>
        deploymentKey(entity) === event.key ? withState(entity, deployment, event.message) : entity,
      );
      return settle(changed, event.at);
    }
    case 'tick':
      return settle(endpoint, event.at);
    case 'restart': {
      const serving = servingKeys(endpoint);
      return changeEntities(endpoint, (entity) => afterRestart(entity, serving.has(deploymentKey(entity))));
    }
  }
}

/** An endpoint is ready when everything that gets traffic answers. */
export function isReady(endpoint: Endpoint): boolean {
  const config = endpoint.config;
  if (config === undefined) {
    return false;
  }
  const used = new Set(config.routes.filter((r) => r.traffic_percentage > 0).map((r) => r.served_entity_name));
  return config.entities.every((e) => !used.has(e.name) || e.state.deployment === 'DEPLOYMENT_READY');
}

/** The deployments that must exist now, by key: those of the serving configuration, and of the pending one while it is in progress. */
export function wantedDeployments(endpoint: Endpoint): ReadonlyMap<string, ServedEntity> {
  const pending = endpoint.update === 'IN_PROGRESS' ? (endpoint.pending?.entities ?? []) : [];
  return new Map(
    [...(endpoint.config?.entities ?? []), ...pending].map((entity) => [deploymentKey(entity), entity] as const),
  );
}

function settle(endpoint: Endpoint, at: number): Endpoint {
  const { pending, ...rest } = endpoint;
  if (endpoint.update !== 'IN_PROGRESS' || pending === undefined) {
    return endpoint;
  }
  if (pending.entities.some((entity) => entity.state.deployment === 'DEPLOYMENT_FAILED')) {
    const serving = servingKeys(endpoint);
    const entities = pending.entities.map((entity) =>
      entity.state.deployment === 'DEPLOYMENT_FAILED' || serving.has(deploymentKey(entity)) ? entity : aborted(entity),
    );
    return { ...endpoint, update: 'UPDATE_FAILED', updatedAt: at, pending: { ...pending, entities } };
  }
  const complete = pending.entities.every((entity) => entity.state.deployment === 'DEPLOYMENT_READY');
  if (!complete || at < pending.startedAt + shortestUpdate) {
    return endpoint;
  }
  const { startedAt: _, ...config } = pending;
  return { ...rest, update: 'NOT_UPDATING', updatedAt: at, config };
}

function changeEntities(endpoint: Endpoint, change: (entity: ServedEntity) => ServedEntity): Endpoint {
  const { config, pending } = endpoint;
  return {
    ...endpoint,
    ...(config && { config: { ...config, entities: config.entities.map(change) } }),
    ...(pending &&
      endpoint.update === 'IN_PROGRESS' && { pending: { ...pending, entities: pending.entities.map(change) } }),
  };
}

function servingKeys(endpoint: Endpoint): ReadonlySet<string> {
  return new Set((endpoint.config?.entities ?? []).map(deploymentKey));
}

function withState(entity: ServedEntity, deployment: Deployment, message: string): ServedEntity {
  return { ...entity, state: { deployment, deployment_state_message: message } };
}

function afterRestart(entity: ServedEntity, serves: boolean): ServedEntity {
  const message = 'The workspace was restarted; the container is being started again.';
  return entity.state.deployment === 'DEPLOYMENT_READY'
    ? withState(entity, serves ? 'DEPLOYMENT_RECOVERING' : 'DEPLOYMENT_CREATING', message)
    : entity;
}

function aborted(entity: ServedEntity): ServedEntity {
  const message = 'The deployment was aborted because another entity of the update failed.';
  return withState(entity, 'DEPLOYMENT_ABORTED', message);
}
