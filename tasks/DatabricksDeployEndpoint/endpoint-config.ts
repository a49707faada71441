import type {
  EndpointConfig,
  EndpointConfigRequest,
  ServedEntity,
  ServedEntityRequest,
  ServingEndpoint,
} from '../../src/databricks/serving-endpoints';
import { idText } from '../../src/json';
import type { ComputeInputs } from './inputs';

/** A configuration that serves one version alone. */
export interface SingleConfig extends EndpointConfigRequest {
  readonly served_entities: readonly [ServedEntityRequest & { readonly name: string }];
}

/** What the service adds to an entity when it answers and does not take back. */
const answeredOnly = new Set(['creator', 'creation_timestamp', 'state', 'external_model', 'foundation_model']);
/** What inputs of the step decide; everything else of an existing entity is kept. */
const decidedByInputs = new Set([
  ...['name', 'entity_name', 'entity_version', 'workload_size', 'workload_type', 'scale_to_zero_enabled'],
  ...['min_provisioned_concurrency', 'max_provisioned_concurrency', 'environment_vars'],
]);

/** Concurrent requests behind the named sizes. Source: field `workload_size` of the serving API. */
const namedSizes: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  Small: { min: 4, max: 4 },
  Medium: { min: 8, max: 16 },
  Large: { min: 16, max: 64 },
};

/** The body of `PUT …/config` that brings a configuration back. */
export function configRequest(config: EndpointConfig): EndpointConfigRequest {
  const routes = config.traffic_config?.routes?.map((route) => ({
    served_entity_name: routedName(route),
    traffic_percentage: route.traffic_percentage,
  }));
  return {
    served_entities: (config.served_entities ?? []).map(entityRequest),
    ...(routes !== undefined && { traffic_config: { routes } }),
    ...captured(config),
  };
}

/** The body that serves one version alone, with the settings of the inputs and all others as they are. */
export function wantedRequest(
  existing: EndpointConfig | undefined,
  model: string,
  version: string,
  compute: ComputeInputs,
): SingleConfig {
  const entities = existing?.served_entities ?? [];
  const same = entities.find((entity) => idText(entity.entity_version) === version);
  const name = same?.name ?? `${model.split('.').at(-1)}-${version}`;
  const kept = without(same ?? mainEntity(existing) ?? {}, new Set([...answeredOnly, ...decidedByInputs]));
  const variables = Object.fromEntries(compute.environmentVariables);
  return {
    served_entities: [
      {
        ...kept,
        name,
        entity_name: model,
        entity_version: version,
        ...('name' in compute.size
          ? { workload_size: compute.size.name }
          : {
              min_provisioned_concurrency: compute.size.min,
              max_provisioned_concurrency: compute.size.max,
            }),
        workload_type: compute.workloadType,
        scale_to_zero_enabled: compute.scaleToZero,
        ...(compute.environmentVariables.size > 0 && { environment_vars: variables }),
      },
    ],
    traffic_config: { routes: [{ served_entity_name: name, traffic_percentage: 100 }] },
    ...(existing === undefined ? {} : captured(existing)),
  };
}

/** Whether a configuration is already what a request asks for, defaults of the service counted as said. */
export function isServed(config: EndpointConfig | undefined, wanted: EndpointConfigRequest): boolean {
  const entities = config?.served_entities ?? [];
  return (
    config !== undefined &&
    entities.length === wanted.served_entities.length &&
    wanted.served_entities.every((entity) => entities.some((served) => sameEntity(served, entity))) &&
    sameRoutes(config, wanted)
  );
}

/** Differences of an entity's settings, one line each, for the log: never a value of an environment variable. */
export function settingChanges(former: ServedEntity | undefined, wanted: ServedEntityRequest): string[] {
  const rows: [what: string, from: string, to: string][] = [
    ['size', former === undefined ? '' : sizeText(former), sizeText(wanted)],
    ['workload type', former?.workload_type ?? (former && 'CPU') ?? '', wanted.workload_type ?? 'CPU'],
    [
      'scale to zero',
      former === undefined ? '' : String(former.scale_to_zero_enabled ?? false),
      String(wanted.scale_to_zero_enabled ?? false),
    ],
    ['environment variables', variableNames(former), variableNames(wanted)],
  ];
  const changes = rows
    .filter(([, from, to]) => from !== to)
    .map(([what, from, to]) => (from === '' ? `${what}: ${to}` : `${what}: ${from} -> ${to}`));
  const [before, after] = [former?.environment_vars ?? {}, wanted.environment_vars ?? {}];
  const changed = Object.keys(after).filter((name) => before[name] !== undefined && before[name] !== after[name]);
  return changed.length === 0
    ? changes
    : [...changes, `environment variables with another value: ${changed.join(', ')}`];
}

/** The entity with the largest share of the traffic. */
export function mainEntity(config: EndpointConfig | undefined): ServedEntity | undefined {
  const entities = config?.served_entities ?? [];
  return [...entities].sort((a, b) => trafficOf(config, b.name ?? '') - trafficOf(config, a.name ?? ''))[0];
}

/** Percent of the traffic that an entity gets. */
export function trafficOf(config: EndpointConfig | undefined, entityName: string): number {
  const routes = config?.traffic_config?.routes;
  if (routes === undefined) {
    return config?.served_entities?.length === 1 && config.served_entities[0]?.name === entityName ? 100 : 0;
  }
  return routes
    .filter((route) => routedName(route) === entityName)
    .reduce((sum, route) => sum + route.traffic_percentage, 0);
}

/** `config_version` as text, `0` before the first one. */
export function configVersionOf(endpoint: ServingEndpoint | undefined): string {
  return idText(endpoint?.config?.config_version) || '0';
}

/** An answered entity as it is written again. Of a size in both spellings the named one is sent, as the service refuses both. */
function entityRequest(entity: ServedEntity): ServedEntityRequest {
  const concurrency = ['min_provisioned_concurrency', 'max_provisioned_concurrency'];
  const dropped = entity.workload_size === undefined ? answeredOnly : new Set([...answeredOnly, ...concurrency]);
  return {
    ...without(entity, dropped),
    entity_name: entity.entity_name,
    entity_version: idText(entity.entity_version),
  };
}

/** Unity Catalog does not tell upper from lower case in names. */
export function isModel(name: string | undefined, model: string): boolean {
  return name?.toLowerCase() === model.toLowerCase();
}

function sameEntity(served: ServedEntity, wanted: ServedEntityRequest): boolean {
  const [before, after] = [served.environment_vars ?? {}, wanted.environment_vars ?? {}];
  return (
    served.name === wanted.name &&
    isModel(served.entity_name, wanted.entity_name) &&
    idText(served.entity_version) === wanted.entity_version &&
    sizeText(served) === sizeText(wanted) &&
    (served.workload_type ?? 'CPU') === (wanted.workload_type ?? 'CPU') &&
    (served.scale_to_zero_enabled ?? false) === (wanted.scale_to_zero_enabled ?? false) &&
    Object.keys(before).length === Object.keys(after).length &&
    Object.entries(after).every(([name, value]) => before[name] === value)
  );
}

function sameRoutes(config: EndpointConfig, wanted: EndpointConfigRequest): boolean {
  const names = wanted.served_entities.map((entity) => entity.name);
  const share = (name: string) =>
    (wanted.traffic_config?.routes ?? [{ served_entity_name: names[0] ?? '', traffic_percentage: 100 }])
      .filter((route) => route.served_entity_name === name)
      .reduce((sum, route) => sum + route.traffic_percentage, 0);
  return names.every((name) => trafficOf(config, name ?? '') === share(name ?? ''));
}

/**
 * [U] Which of the two spellings of a size the service answers with is not verified, so a named size counts as its numbers
 * (with scale to zero the lower bound is 0).
 */
function sizeText(entity: ServedEntity | ServedEntityRequest): string {
  const named = entity.workload_size === undefined ? undefined : namedSizes[entity.workload_size];
  const max = named?.max ?? entity.max_provisioned_concurrency;
  const min = named?.min ?? entity.min_provisioned_concurrency;
  return `${entity.scale_to_zero_enabled === true && named !== undefined ? 0 : (min ?? 0)} to ${max ?? 'default'}`;
}

function variableNames(entity: ServedEntity | ServedEntityRequest | undefined): string {
  const names = Object.keys(entity?.environment_vars ?? {}).sort();
  return entity === undefined ? '' : names.join(', ') || 'none';
}

function captured(config: EndpointConfig): { readonly auto_capture_config?: Readonly<Record<string, unknown>> } {
  const capture = config.auto_capture_config;
  return typeof capture !== 'object' || capture === null
    ? {}
    : { auto_capture_config: without(capture, new Set(['state'])) };
}

function routedName(route: { readonly served_entity_name?: string; readonly served_model_name?: string }): string {
  return route.served_entity_name ?? route.served_model_name ?? '';
}

function without(fields: object, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => !names.has(name) && !name.endsWith('_plaintext') && value !== undefined,
    ),
  );
}
