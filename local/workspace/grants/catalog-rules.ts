import type { Call, Reply } from '../api';
import { type Fields, optionalText } from '../fields';
import { textField } from '../request-fields';
import { type Access, denied } from './access';
import { METASTORE, type Securable, type SecurableKind, securableOf } from './securables';

/** Refuses a request before it is carried out (403), or gives what is left of its answer. */
export type Rule = (call: Call, access: Access) => Promise<((reply: Reply) => Reply) | undefined>;

const CATALOGS = '/api/2.1/unity-catalog/catalogs';
const SCHEMAS = '/api/2.1/unity-catalog/schemas';
const TABLES = '/api/2.1/unity-catalog/tables';
const VOLUMES = '/api/2.1/unity-catalog/volumes';
const MODELS = '/api/2.1/unity-catalog/models';
const TAGS = '/api/2.1/unity-catalog';
const MLFLOW = '/api/2.0/mlflow/unity-catalog';

const TO_VERSION = ['CREATE_MODEL_VERSION', 'MANAGE'];

/** Who may do what in Unity Catalog, by method and path of the operation. */
export const CATALOG_RULES: Readonly<Record<string, Rule>> = {
  'GET /api/2.1/unity-catalog/metastore_summary': open,
  [`GET ${CATALOGS}`]: listed('catalogs', 'CATALOG'),
  [`POST ${CATALOGS}`]: (_, access) => wanted(access, 'CREATE_CATALOG', METASTORE),
  [`GET ${CATALOGS}/:name`]: seen('CATALOG', 'USE_CATALOG', 'name'),
  [`PATCH ${CATALOGS}/:name`]: having('CATALOG', ['MANAGE'], 'name'),
  [`DELETE ${CATALOGS}/:name`]: having('CATALOG', ['MANAGE'], 'name'),
  [`GET ${SCHEMAS}`]: listed('schemas', 'SCHEMA'),
  [`POST ${SCHEMAS}`]: created('CATALOG', 'CREATE_SCHEMA'),
  [`GET ${SCHEMAS}/:full_name`]: seen('SCHEMA', 'USE_SCHEMA'),
  [`PATCH ${SCHEMAS}/:full_name`]: having('SCHEMA', ['MANAGE']),
  [`DELETE ${SCHEMAS}/:full_name`]: having('SCHEMA', ['MANAGE']),
  [`GET ${TABLES}`]: listed('tables', 'TABLE'),
  [`GET ${TABLES}/:full_name`]: seen('TABLE', 'SELECT'),
  [`DELETE ${TABLES}/:full_name`]: having('TABLE', ['MANAGE']),
  [`GET ${TABLES}/:full_name/exists`]: having('TABLE', ['SELECT', 'BROWSE', 'MANAGE', 'MODIFY']),
  [`GET ${VOLUMES}`]: listed('volumes', 'VOLUME'),
  [`POST ${VOLUMES}`]: created('SCHEMA', 'CREATE_VOLUME'),
  [`GET ${VOLUMES}/:full_name`]: seen('VOLUME', 'READ_VOLUME'),
  [`PATCH ${VOLUMES}/:full_name`]: having('VOLUME', ['MANAGE']),
  [`DELETE ${VOLUMES}/:full_name`]: having('VOLUME', ['MANAGE']),
  [`GET ${MODELS}`]: listed('registered_models', 'FUNCTION'),
  [`POST ${MODELS}`]: created('SCHEMA', 'CREATE_MODEL'),
  [`GET ${MODELS}/:full_name`]: seen('FUNCTION', 'EXECUTE'),
  [`PATCH ${MODELS}/:full_name`]: having('FUNCTION', ['MANAGE']),
  [`DELETE ${MODELS}/:full_name`]: having('FUNCTION', ['MANAGE']),
  [`GET ${MODELS}/:full_name/aliases/:alias`]: having('FUNCTION', ['EXECUTE']),
  [`PUT ${MODELS}/:full_name/aliases/:alias`]: having('FUNCTION', ['MANAGE']),
  [`DELETE ${MODELS}/:full_name/aliases/:alias`]: having('FUNCTION', ['MANAGE']),
  [`GET ${MODELS}/:full_name/versions`]: having('FUNCTION', ['EXECUTE']),
  [`GET ${MODELS}/:full_name/versions/:version`]: having('FUNCTION', ['EXECUTE']),
  [`PATCH ${MODELS}/:full_name/versions/:version`]: having('FUNCTION', ['MANAGE']),
  [`DELETE ${MODELS}/:full_name/versions/:version`]: having('FUNCTION', ['MANAGE']),
  [`PATCH ${MODELS}/:full_name/versions/:version/finalize`]: having('FUNCTION', TO_VERSION),
  [`POST ${MODELS}/versions`]: named(TO_VERSION, modelOfBody),
  [`POST ${TAGS}/temporary-model-version-credentials`]: credentialed(modelOfBody),
  // These look at the rights of the caller themselves.
  [`GET ${TAGS}/permissions/:securable_type/:full_name`]: open,
  [`PATCH ${TAGS}/permissions/:securable_type/:full_name`]: open,
  [`GET ${TAGS}/effective-permissions/:securable_type/:full_name`]: open,
  [`PATCH ${TAGS}/securable-tags/:securable_type/:full_name`]: tagged,
  [`PATCH ${TAGS}/subentity-tags/:securable_type/:full_name/:subentity`]: tagged,
  [`POST ${TAGS}/entity-tag-assignments`]: entityTagged,
  [`GET ${TAGS}/entity-tag-assignments/:entity_type/:entity_name/tags`]: entityTagged,
  [`GET ${TAGS}/entity-tag-assignments/:entity_type/:entity_name/tags/:tag_key`]: entityTagged,
  [`PATCH ${TAGS}/entity-tag-assignments/:entity_type/:entity_name/tags/:tag_key`]: entityTagged,
  [`DELETE ${TAGS}/entity-tag-assignments/:entity_type/:entity_name/tags/:tag_key`]: entityTagged,
  [`POST ${MLFLOW}/registered-models/create`]: async (call, access) => {
    const fullName = (await nameOf(call)).toLowerCase();
    return wanted(access, 'CREATE_MODEL', { kind: 'SCHEMA', fullName: fullName.split('.').slice(0, 2).join('.') });
  },
  [`GET ${MLFLOW}/registered-models/get`]: named(['EXECUTE', 'BROWSE', 'MANAGE', 'APPLY_TAG']),
  [`GET ${MLFLOW}/registered-models/search`]: listed('registered_models', 'FUNCTION'),
  [`PATCH ${MLFLOW}/registered-models/update`]: named(['MANAGE']),
  [`DELETE ${MLFLOW}/registered-models/delete`]: named(['MANAGE']),
  [`GET ${MLFLOW}/registered-models/alias`]: named(['EXECUTE']),
  [`POST ${MLFLOW}/registered-models/alias`]: named(['MANAGE']),
  [`DELETE ${MLFLOW}/registered-models/alias`]: named(['MANAGE']),
  [`POST ${MLFLOW}/registered-models/set-tag`]: named(['APPLY_TAG', 'MANAGE']),
  [`DELETE ${MLFLOW}/registered-models/delete-tag`]: named(['APPLY_TAG', 'MANAGE']),
  [`GET ${MLFLOW}/registered-models:is-databricks-sdk-models-artifact-repository-enabled`]: open,
  [`POST ${MLFLOW}/model-versions/create`]: named(TO_VERSION),
  [`POST ${MLFLOW}/model-versions/finalize`]: named(TO_VERSION),
  [`POST ${MLFLOW}/model-versions/generate-temporary-credentials`]: credentialed(nameOf),
  [`POST ${MLFLOW}/model-versions/emit-lineage`]: named(['EXECUTE', ...TO_VERSION]),
  [`GET ${MLFLOW}/model-versions/get`]: named(['EXECUTE']),
  [`GET ${MLFLOW}/model-versions/get-download-uri`]: named(['EXECUTE']),
  [`GET ${MLFLOW}/model-versions/search`]: listed('model_versions', 'FUNCTION'),
  [`PATCH ${MLFLOW}/model-versions/update`]: named(['MANAGE']),
  [`DELETE ${MLFLOW}/model-versions/delete`]: named(['MANAGE']),
  [`POST ${MLFLOW}/model-versions/set-tag`]: named(['APPLY_TAG', 'MANAGE']),
  [`DELETE ${MLFLOW}/model-versions/delete-tag`]: named(['APPLY_TAG', 'MANAGE']),
};

async function open(): Promise<undefined> {
  return undefined;
}

async function wanted(access: Access, privilege: string, securable: Securable): Promise<undefined> {
  access.require([privilege], securable);
  return undefined;
}

/** One of the rights on what the path names. */
function having(kind: SecurableKind, privileges: readonly string[], parameter = 'full_name'): Rule {
  return async (call, access) => {
    access.require(privileges, securableOf(kind, call.params[parameter] ?? ''));
    return undefined;
  };
}

/** Anything that lets know of it; `privilege` stands in the refusal. */
function seen(kind: SecurableKind, privilege: string, parameter = 'full_name'): Rule {
  return async (call, access) => {
    const securable = securableOf(kind, call.params[parameter] ?? '');
    if (!access.exists(securable) || access.sees(securable)) {
      return undefined;
    }
    access.require([privilege], securable);
    throw denied(privilege, securable);
  };
}

/** A right on the parent that the body names. */
function created(kind: 'CATALOG' | 'SCHEMA', privilege: string): Rule {
  return async (call, access) => {
    const body = await call.json<Fields>();
    const levels = [optionalText(body, 'catalog_name') ?? '', optionalText(body, 'schema_name') ?? ''];
    const parent = securableOf(kind, levels.slice(0, kind === 'CATALOG' ? 1 : 2).join('.'));
    if (kind === 'CATALOG' && access.exists(parent) && !access.holds('USE_CATALOG', parent)) {
      throw denied('USE_CATALOG', parent);
    }
    if (
      kind === 'SCHEMA' &&
      access.exists(parent) &&
      access.holds('USE_CATALOG', catalogOf(parent)) &&
      !access.holds('USE_SCHEMA', parent)
    ) {
      throw denied('USE_SCHEMA', parent);
    }
    return wanted(access, privilege, parent);
  };
}

function catalogOf({ fullName }: Securable): Securable {
  return { kind: 'CATALOG', fullName: fullName.split('.')[0] ?? '' };
}

/** One of the rights on the model that query or body names. */
function named(privileges: readonly string[], read: (call: Call) => Promise<string> = nameOf): Rule {
  return async (call, access) => {
    access.require(privileges, securableOf('FUNCTION', await read(call)));
    return undefined;
  };
}

/** Credentials to read a version are for whoever may use or make versions, those to write one for whoever may make them. */
function credentialed(read: (call: Call) => Promise<string>): Rule {
  return async (call, access) => {
    const operation = optionalText(await call.json<Fields>(), 'operation') ?? '';
    const reads = /^(MODEL_VERSION_OPERATION_READ|READ_MODEL_VERSION)$/.test(operation);
    access.require(reads ? ['EXECUTE', ...TO_VERSION] : TO_VERSION, securableOf('FUNCTION', await read(call)));
    return undefined;
  };
}

function nameOf(call: Call): Promise<string> {
  return textField(call, 'name');
}

async function modelOfBody(call: Call): Promise<string> {
  const body = await call.json<Fields>();
  return ['catalog_name', 'schema_name', 'model_name'].map((name) => optionalText(body, name) ?? '').join('.');
}

async function tagged(call: Call, access: Access): Promise<undefined> {
  const securable = securableOf(call.params.securable_type ?? '', call.params.full_name ?? '');
  access.require(['APPLY_TAG', 'MANAGE'], securable);
  return undefined;
}

/** Whoever may know of an entity reads its tags; APPLY TAG changes them. A column's tags are its table's. */
async function entityTagged(call: Call, access: Access): Promise<undefined> {
  const body = call.method === 'POST' ? await call.json<Fields>() : call.params;
  const type = (optionalText(body, 'entity_type') ?? '').replace(/s$/, '').replace('column', 'table');
  const levels = (optionalText(body, 'entity_name') ?? '').split('.');
  const securable = securableOf(type, levels.slice(0, type === 'table' ? 3 : levels.length).join('.'));
  if (call.method !== 'GET' || (access.exists(securable) && !access.sees(securable))) {
    access.require(['APPLY_TAG', 'MANAGE'], securable);
  }
  return undefined;
}

/** Leaves out of a list what may not be known of. Pages become shorter, even empty, which clients of Unity Catalog expect. */
function listed(field: string, kind: SecurableKind): Rule {
  return async (_, access) => (reply) => {
    const answer = (reply.json ?? {}) as Record<string, unknown>;
    const items = (answer[field] ?? []) as readonly { readonly full_name?: string; readonly name?: string }[];
    const left = items.filter((item) => access.sees({ kind, fullName: item.full_name ?? item.name ?? '' }));
    return { ...reply, json: { ...answer, [field]: left.length === 0 ? undefined : left } };
  };
}
