import type { ServingEndpoint } from '../../../src/databricks/serving-endpoints';
import { type Endpoint, type EndpointConfig, isReady, type ServedEntity } from './endpoint';

/** An endpoint as `GET /api/2.0/serving-endpoints/{name}` gives it (`ServingEndpointDetailed`). */
export function endpointDetail(endpoint: Endpoint): ServingEndpoint {
  return {
    ...endpointSummary(endpoint),
    ...(endpoint.config && { config: wireConfig(endpoint.config) }),
    ...(endpoint.pending && {
      pending_config: { ...wireConfig(endpoint.pending), start_time: endpoint.pending.startedAt },
    }),
    permission_level: 'CAN_MANAGE',
    route_optimized: false,
  };
}

/** An item of the list: the configuration only by entity name and version. */
export function endpointListItem(endpoint: Endpoint): ServingEndpoint {
  const entities = (endpoint.config?.entities ?? []).map(({ name, entity_name, entity_version }) => ({
    name,
    entity_name,
    entity_version,
  }));
  return { ...endpointSummary(endpoint), ...(endpoint.config && { config: { served_entities: entities } }) };
}

function endpointSummary(endpoint: Endpoint) {
  return {
    name: endpoint.name,
    id: endpoint.id,
    creator: endpoint.creator,
    creation_timestamp: endpoint.createdAt,
    last_updated_timestamp: endpoint.updatedAt,
    description: endpoint.description,
    state: { ready: isReady(endpoint) ? 'READY' : 'NOT_READY', config_update: endpoint.update },
    ...(endpoint.tags.length > 0 && { tags: endpoint.tags }),
  };
}

function wireConfig(config: EndpointConfig) {
  return {
    served_entities: config.entities,
    served_models: config.entities.map(servedModel),
    traffic_config: {
      routes: config.routes.map((route) => ({ ...route, served_model_name: route.served_entity_name })),
    },
    config_version: config.version,
  };
}

/** The deprecated spelling of the same entity, which the service still sends. */
function servedModel({ entity_name, entity_version, ...rest }: ServedEntity) {
  return { ...rest, model_name: entity_name, model_version: entity_version };
}
