import type { EndpointTag } from '../../../src/databricks/serving-endpoints';
import { ApiError } from '../api';
import { type Fields, invalid } from '../fields';
import type { EntitySettings, Route, WantedConfig } from './endpoint';

/** What serving asks of the model registry. */
export interface ServableModels {
  /**
   * @param fullName `catalog.schema.model`
   * @returns nothing when there is no such version; `status` as the registry says it (`READY` can be served)
   */
  version(fullName: string, version: string): { readonly status: string; readonly folder: string } | undefined;
}

/** Values of secrets, for `{{secrets/scope/key}}`. */
export interface SecretValues {
  read(scope: string, key: string): string | undefined;
}

const workloadSizes = ['Small', 'Medium', 'Large'];
const workloadTypes = [
  ...['CPU', 'CPU_MEDIUM', 'CPU_LARGE', 'GPU_SMALL', 'GPU_MEDIUM', 'GPU_LARGE', 'GPU_XLARGE', 'GPU_XLARGE_8'],
  'MULTIGPU_MEDIUM',
];
const secretReference = /^\{\{secrets\/([^/{}]+)\/([^/{}]+)\}\}$/;

/** @throws ApiError 400 for a name that no endpoint can have */
export function endpointName(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/.test(value)) {
    throw invalid(
      'The endpoint name must be 1 to 63 letters, digits, hyphens and underscores, and begin and end with a letter or digit.',
    );
  }
  return value;
}

/**
 * Body of `PUT …/config`, or `config` of a new endpoint: checked, defaults filled in.
 * @throws ApiError 400, 404 (unknown model version) or 501 (a kind of entity that this workspace does not know)
 */
export function wantedConfig(body: unknown, models: ServableModels, secrets: SecretValues): WantedConfig {
  const fields = asFields(body, 'config');
  refuseUnsupported(fields, ['served_models', 'auto_capture_config'], 'config');
  const entities = asList(fields.served_entities, 'served_entities').map((item) =>
    entitySettings(item, models, secrets),
  );
  if (entities.length === 0) {
    throw invalid('served_entities must name at least one served entity.');
  }
  const names = entities.map((entity) => entity.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw invalid(`Served entity name ${twice} is used more than once.`);
  }
  return { entities, routes: trafficRoutes(fields.traffic_config, names) };
}

/** @throws ApiError 400 */
export function endpointTags(value: unknown): EndpointTag[] {
  return asList(value ?? [], 'tags').map((item) => {
    const fields = asFields(item, 'tags');
    if (typeof fields.key !== 'string' || fields.key === '') {
      throw invalid('Each tag needs a key.');
    }
    return { key: fields.key, ...(fields.value !== undefined && { value: text(fields.value, 'value') }) };
  });
}

/** @throws ApiError 400 */
export function tagKeys(value: unknown): string[] {
  return asList(value ?? [], 'delete_tags').map((item) => text(item, 'delete_tags'));
}

/**
 * The variables of an entity with its secrets in place.
 * @throws Error when a secret is gone
 */
export function resolvedEnvironment(
  variables: Readonly<Record<string, string>>,
  secrets: SecretValues,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const [, scope, key] = secretReference.exec(value) ?? [];
      if (scope === undefined || key === undefined) {
        return [name, value];
      }
      const secret = secrets.read(scope, key);
      if (secret === undefined) {
        throw new Error(`Secret ${key} of scope ${scope}, named by environment variable ${name}, does not exist.`);
      }
      return [name, secret];
    }),
  );
}

function entitySettings(item: unknown, models: ServableModels, secrets: SecretValues): EntitySettings {
  const fields = asFields(item, 'served_entities');
  const foreign = ['external_model', 'foundation_model', 'instance_profile_arn', 'provisioned_model_units'];
  refuseUnsupported(
    fields,
    [...foreign, 'min_provisioned_throughput', 'max_provisioned_throughput'],
    'served_entities',
  );
  const entityName = text(fields.entity_name, 'entity_name');
  if (!/^[^.\s]+\.[^.\s]+\.[^.\s]+$/.test(entityName)) {
    throw invalid(`entity_name ${entityName} is not the full name of a model, catalog.schema.model.`);
  }
  const version = text(fields.entity_version, 'entity_version');
  if (!/^[1-9]\d*$/.test(version)) {
    throw invalid(`entity_version ${version} is not the number of a model version.`);
  }
  const known = models.version(entityName, version);
  if (known === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Model version ${entityName} ${version} does not exist.`);
  }
  if (known.status !== 'READY') {
    throw invalid(`Model version ${entityName} ${version} is ${known.status}; only a READY version can be served.`);
  }
  const name = text(fields.name ?? `${entityName.split('.').at(-1)}-${version}`, 'name');
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name)) {
    throw invalid(`Served entity name ${name} may hold letters, digits, hyphens, underscores and dots only.`);
  }
  return {
    name,
    entity_name: entityName,
    entity_version: version,
    ...size(fields),
    workload_type: oneOf(fields.workload_type ?? 'CPU', workloadTypes, 'workload_type'),
    scale_to_zero_enabled: flag(fields.scale_to_zero_enabled ?? false, 'scale_to_zero_enabled'),
    ...environment(fields.environment_vars, secrets),
  };
}

function size(fields: Fields): Partial<EntitySettings> {
  const { min_provisioned_concurrency: least, max_provisioned_concurrency: most } = fields;
  if (least === undefined && most === undefined) {
    return { workload_size: oneOf(fields.workload_size ?? 'Small', workloadSizes, 'workload_size') };
  }
  if (fields.workload_size !== undefined) {
    throw invalid(
      'Give either workload_size or min_provisioned_concurrency and max_provisioned_concurrency, not both.',
    );
  }
  const [from, to] = [whole(least ?? 0, 'min_provisioned_concurrency'), whole(most, 'max_provisioned_concurrency')];
  if (from > to) {
    throw invalid('min_provisioned_concurrency is greater than max_provisioned_concurrency.');
  }
  return { min_provisioned_concurrency: from, max_provisioned_concurrency: to };
}

function environment(value: unknown, secrets: SecretValues): Pick<EntitySettings, 'environment_vars'> {
  if (value === undefined) {
    return {};
  }
  const pairs = Object.entries(asFields(value, 'environment_vars')).map(([name, item]): [string, string] => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw invalid(`Environment variable name ${name} is not valid.`);
    }
    return [name, text(item, `environment_vars.${name}`)];
  });
  const variables = Object.fromEntries(pairs);
  try {
    resolvedEnvironment(variables, secrets);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  return pairs.length === 0 ? {} : { environment_vars: variables };
}

function trafficRoutes(value: unknown, names: readonly string[]): Route[] {
  const only = names.length === 1 ? names[0] : undefined;
  if (value === undefined && only !== undefined) {
    return [{ served_entity_name: only, traffic_percentage: 100 }];
  }
  if (value === undefined) {
    throw invalid('traffic_config is required with more than one served entity.');
  }
  const routes = asList(asFields(value, 'traffic_config').routes, 'traffic_config.routes').map((item): Route => {
    const fields = asFields(item, 'traffic_config.routes');
    const name = text(fields.served_entity_name ?? fields.served_model_name, 'served_entity_name');
    if (!names.includes(name)) {
      throw invalid(`traffic_config names ${name}, which is not a served entity.`);
    }
    const percentage = whole(fields.traffic_percentage, 'traffic_percentage');
    return { served_entity_name: name, traffic_percentage: percentage };
  });
  const sum = routes.reduce((total, route) => total + route.traffic_percentage, 0);
  if (sum !== 100) {
    // [U] Code and text of Databricks for this case are not verified.
    throw invalid(`The traffic percentages must sum to 100, but sum to ${sum}.`);
  }
  if (new Set(routes.map((route) => route.served_entity_name)).size !== routes.length) {
    throw invalid('traffic_config names a served entity more than once.');
  }
  return routes;
}

function refuseUnsupported(fields: Fields, unsupported: readonly string[], where: string): void {
  const found = unsupported.find((name) => fields[name] !== undefined);
  if (found !== undefined) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not support ${found} in ${where}.`);
  }
}

function asFields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${where} must be an object.`);
  }
  return value as Fields;
}

function asList(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalid(`${where} must be a list.`);
  }
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') {
    throw invalid(`${where} must be a text.`);
  }
  return value;
}

function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') {
    throw invalid(`${where} must be true or false.`);
  }
  return value;
}

function whole(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw invalid(`${where} must be a whole number of at least 0.`);
  }
  return value;
}

function oneOf(value: unknown, choices: readonly string[], where: string): string {
  if (typeof value !== 'string' || !choices.includes(value)) {
    throw invalid(`${where} must be one of ${choices.join(', ')}.`);
  }
  return value;
}
