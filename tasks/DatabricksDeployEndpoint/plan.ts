import type { EndpointConfigRequest, EndpointTag, ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { TaskError } from '../../src/errors';
import { idText } from '../../src/json';
import {
  configRequest,
  configVersionOf,
  isModel,
  isServed,
  mainEntity,
  settingChanges,
  wantedRequest,
} from './endpoint-config';
import type { ComputeInputs, Purpose } from './inputs';

/** Tag that an endpoint carries which no customer calls; its value is `test`. */
export const purposeTag = 'mlops_purpose';

/** What is wanted of an endpoint, the version pinned. */
export interface Wanted {
  readonly endpoint: string;
  readonly model: string;
  /** Number of the version, as text. */
  readonly version: string;
  /** Number of the version that `champion` names, empty when it names none. */
  readonly champion: string;
  readonly purpose: Purpose;
  readonly compute: ComputeInputs;
  readonly endpointTags: ReadonlyMap<string, string>;
  readonly expectedConfigVersion: string;
}

/** What `deploy` will do. */
export interface DeployPlan {
  readonly kind: 'create' | 'update' | 'unchanged';
  readonly config: EndpointConfigRequest;
  /** Name of the entity that will serve. */
  readonly entity: string;
  /** Brings the former configuration back; absent where there is none. */
  readonly former?: EndpointConfigRequest;
  /** Version that served with the largest share before, empty when none did. */
  readonly formerVersion: string;
  /** Tags to write, only those that differ. */
  readonly tags: readonly EndpointTag[];
  /** What will change, one line each. */
  readonly changes: readonly string[];
}

/**
 * The plan for an endpoint that is not being updated.
 * @param found the endpoint, or nothing when it definitely does not exist
 * @throws TaskError NOT_CHAMPION, OTHER_MODEL, PURPOSE_MISMATCH, CONFIG_CHANGED
 */
export function planDeploy(found: ServingEndpoint | undefined, wanted: Wanted): DeployPlan {
  refuseVersion(wanted);
  refuseOtherModel(found, wanted.endpoint, wanted.model);
  refusePurpose(found, wanted);
  const config = wantedRequest(found?.config, wanted.model, wanted.version, wanted.compute);
  const [entity] = config.served_entities;
  const former = mainEntity(found?.config);
  const formerVersion = idText(former?.entity_version);
  const tags = tagsToWrite(found, wanted);
  const tagChanges = tags.map((tag) => `tag ${tag.key}: ${tag.value}`);
  const shared = { config, entity: entity.name, formerVersion, tags };
  if (isServed(found?.config, config)) {
    return { ...shared, kind: 'unchanged', changes: tagChanges };
  }
  refuseChangedConfig(found, wanted.endpoint, wanted.expectedConfigVersion);
  const changes = [
    `version of ${wanted.model}: ${formerVersion === '' ? 'none' : formerVersion} -> ${wanted.version}`,
    ...settingChanges(former, entity),
    ...removedEntities(found, wanted.version),
    ...tagChanges,
  ];
  return {
    ...shared,
    kind: found === undefined ? 'create' : 'update',
    changes,
    ...(found?.config && (found.config.served_entities?.length ?? 0) > 0 && { former: configRequest(found.config) }),
  };
}

/**
 * Refuses an endpoint of another model, and one that serves something that is no model version.
 * @throws TaskError OTHER_MODEL
 */
export function refuseOtherModel(found: ServingEndpoint | undefined, endpoint: string, model: string): void {
  const entities = [found?.config, found?.pending_config].flatMap((config) => config?.served_entities ?? []);
  const foreign = entities.find((entity) => !isModel(entity.entity_name, model));
  if (foreign !== undefined) {
    const what = foreign.entity_name ?? 'something that is no model of Unity Catalog';
    throw new TaskError('OTHER_MODEL', `Endpoint '${endpoint}' serves ${what}, not ${model}.`, {
      where: `Served entity: ${foreign.name ?? ''}.`,
      todo: "Correct 'endpoint' or 'model'; an endpoint serves one model only.",
    });
  }
}

/**
 * @throws TaskError CONFIG_CHANGED when the endpoint has another configuration than the caller saw
 */
export function refuseChangedConfig(found: ServingEndpoint | undefined, endpoint: string, expected: string): void {
  const actual = configVersionOf(found);
  if (expected !== 'any' && expected !== actual) {
    throw new TaskError(
      'CONFIG_CHANGED',
      `Endpoint '${endpoint}' has configuration version ${actual}, not ${expected} as expected.`,
      { todo: "Look at what changed it, then run again with the new version or without 'expectedConfigVersion'." },
    );
  }
}

/** Whether an endpoint carries the tag of a test endpoint. */
export function isTestEndpoint(endpoint: ServingEndpoint): boolean {
  return (endpoint.tags ?? []).some((tag) => tag.key === purposeTag && tag.value === 'test');
}

function refuseVersion({ purpose, version, champion, model }: Wanted): void {
  if (purpose === 'customers' && version !== champion) {
    const named = champion === '' ? 'names no version' : `names version ${champion}`;
    throw new TaskError('NOT_CHAMPION', `Version ${version} of ${model} is not its champion: the alias ${named}.`, {
      where: "Customers get only the version that the alias 'champion' names.",
      todo: "Promote the version first, or use an endpoint with 'purpose: test'.",
    });
  }
}

function refusePurpose(found: ServingEndpoint | undefined, { endpoint, purpose }: Wanted): void {
  if (found === undefined || isTestEndpoint(found) === (purpose === 'test')) {
    return;
  }
  throw purpose === 'test'
    ? new TaskError('PURPOSE_MISMATCH', `Endpoint '${endpoint}' was not created for tests, so customers may call it.`, {
        where: `It has no tag ${purposeTag}=test.`,
        todo: "Choose another endpoint, or leave 'purpose' at customers.",
      })
    : new TaskError('PURPOSE_MISMATCH', `Endpoint '${endpoint}' was created for tests.`, {
        where: `It has the tag ${purposeTag}=test.`,
        todo: "Set 'purpose: test', or choose the endpoint that customers call.",
      });
}

function tagsToWrite(found: ServingEndpoint | undefined, { purpose, endpointTags }: Wanted): EndpointTag[] {
  const present = new Map((found?.tags ?? []).map((tag) => [tag.key, tag.value ?? '']));
  const wanted = new Map([...endpointTags, ...(purpose === 'test' ? [[purposeTag, 'test'] as const] : [])]);
  return [...wanted].filter(([key, value]) => present.get(key) !== value).map(([key, value]) => ({ key, value }));
}

function removedEntities(found: ServingEndpoint | undefined, version: string): string[] {
  const others = (found?.config?.served_entities ?? []).filter((entity) => idText(entity.entity_version) !== version);
  return others.length < 2 ? [] : [`served entities that end: ${others.map((entity) => entity.name).join(', ')}`];
}
