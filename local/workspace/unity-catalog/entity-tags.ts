import { ApiError, type Call, type Metastore, type Operation, type Reply, type Workspace } from '../api';
import { type Fields, optionalText, queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import type { MetastoreTables } from '../sql/metastore-tables';
import { newest } from '../sql/table-records';
import type { Collection } from '../store';
import { getCatalog, getSchema } from './namespaces';
import { type Tag, tagOf, withoutTags, withTags } from './tags';
import { getVolume } from './volumes';

const ROOT = '/api/2.1/unity-catalog/entity-tag-assignments';
const OF_ENTITY = `${ROOT}/:entity_type/:entity_name/tags`;

/** Tags of catalogs, schemas, tables, columns and volumes; those of models are `securable-tags`. */
export function entityTagOperations(workspace: Workspace, tables: MetastoreTables): readonly Operation[] {
  const { metastore } = workspace;
  const tags = collection(metastore);

  /** Key of an entity that exists. @throws ApiError 404, 501 for entities without tags here */
  function entity(type: string, name: string): { type: string; name: string; key: string } {
    const fullName = name.toLowerCase();
    const [catalog = '', schema = '', third = '', column = ''] = fullName.split('.');
    switch (type) {
      case 'catalogs':
        getCatalog(metastore, fullName);
        break;
      case 'schemas':
        getSchema(metastore, catalog, schema);
        break;
      case 'volumes':
        getVolume(metastore, fullName);
        break;
      case 'tables':
      case 'columns':
        requireColumn([catalog, schema, third], type === 'columns' ? column : undefined);
        break;
      default:
        throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace keeps no tags of ${type} here.`);
    }
    return { type, name: fullName, key: `${fullName}/${type}` };
  }

  function requireColumn([catalog, schema, table]: readonly [string, string, string], column?: string): void {
    const found = tables.find({ catalog, schema, table });
    if (found === undefined) {
      throw new ApiError(404, 'TABLE_DOES_NOT_EXIST', `Table '${catalog}.${schema}.${table}' does not exist.`);
    }
    if (column !== undefined && !newest(found).columns.some(({ name }) => name.toLowerCase() === column)) {
      throw new ApiError(
        404,
        'RESOURCE_DOES_NOT_EXIST',
        `Column '${column}' of '${catalog}.${schema}.${table}' does not exist.`,
      );
    }
  }

  function ofPath(call: Call) {
    const found = entity(call.params.entity_type ?? '', call.params.entity_name ?? '');
    return { ...found, tagKey: call.params.tag_key ?? '', kept: tags.get(found.key) ?? [] };
  }

  /** @throws ApiError 404 */
  function known({ kept, tagKey, name }: { kept: readonly Tag[]; tagKey: string; name: string }): Tag {
    const found = kept.find(({ key }) => key === tagKey);
    if (found === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Tag '${tagKey}' is not assigned to '${name}'.`);
    }
    return found;
  }

  async function create(call: Call): Promise<Reply> {
    const body = await call.json<Fields>();
    const { type, name, key } = entity(requiredText(body, 'entity_type'), requiredText(body, 'entity_name'));
    const tag = tagOf({ key: requiredText(body, 'tag_key'), value: optionalText(body, 'tag_value') ?? '' });
    const kept = tags.get(key) ?? [];
    if (kept.some((other) => other.key === tag.key)) {
      throw new ApiError(409, 'ALREADY_EXISTS', `Tag '${tag.key}' is already assigned to '${name}'.`);
    }
    tags.put(key, withTags(kept, [tag]));
    return { json: assignment(type, name, tag) };
  }

  async function change(call: Call): Promise<Reply> {
    const at = ofPath(call);
    const tag = tagOf({ key: known(at).key, value: optionalText(await call.json<Fields>(), 'tag_value') ?? '' });
    tags.put(at.key, withTags(at.kept, [tag]));
    return { json: assignment(at.type, at.name, tag) };
  }

  return [
    { method: 'POST', path: ROOT, note: 'of catalogs, schemas, tables, columns, volumes', handle: create },
    {
      method: 'GET',
      path: OF_ENTITY,
      handle: (call) => {
        const { type, name, kept } = ofPath(call);
        const page = pageOf(kept, queryFields(call.query), { standard: 1_000, most: 1_000 });
        const assignments = page.items.map((tag) => assignment(type, name, tag));
        return { json: { tag_assignments: unlessEmpty(assignments), next_page_token: page.nextPageToken } };
      },
    },
    {
      method: 'GET',
      path: `${OF_ENTITY}/:tag_key`,
      handle: (call) => {
        const at = ofPath(call);
        return { json: assignment(at.type, at.name, known(at)) };
      },
    },
    { method: 'PATCH', path: `${OF_ENTITY}/:tag_key`, note: 'tag_value', handle: change },
    {
      method: 'DELETE',
      path: `${OF_ENTITY}/:tag_key`,
      handle: (call) => {
        const at = ofPath(call);
        tags.put(at.key, withoutTags(at.kept, [known(at).key]));
        return { json: {} };
      },
    },
  ];
}

/** Forgets the tags of an entity and of all below it. */
export function forgetEntityTags(metastore: Metastore, fullName: string): void {
  for (const prefix of [`${fullName}/`, `${fullName}.`]) {
    for (const [key] of [...collection(metastore).entries(prefix)]) {
      collection(metastore).remove(key);
    }
  }
}

function assignment(entity_type: string, entity_name: string, { key, value }: Tag) {
  return { entity_type, entity_name, tag_key: key, tag_value: value };
}

function collection(metastore: Metastore): Collection<readonly Tag[]> {
  return metastore.store.collection('entity-tags');
}
