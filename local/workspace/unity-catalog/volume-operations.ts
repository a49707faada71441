import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalText, queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { metastoreId } from './namespaces';
import { authorOf } from './requests';
import { createVolume, getVolume, listVolumes, type Volume } from './volumes';

const ROOT = '/api/2.1/unity-catalog/volumes';

/** Managed volumes; their files are reached through the Files API. */
export const volumeOperations: readonly Operation[] = [
  { method: 'GET', path: ROOT, handle: list },
  { method: 'POST', path: ROOT, note: 'managed volumes', lacks: 'external volumes', handle: create },
  { method: 'GET', path: `${ROOT}/:full_name`, handle: get },
];

function list(call: Call): Reply {
  const fields = queryFields(call.query);
  const [catalog, schema] = [requiredText(fields, 'catalog_name'), requiredText(fields, 'schema_name')];
  const page = pageOf(listVolumes(call.workspace.metastore, catalog, schema), fields, { standard: 1_000, most: 1_000 });
  const volumes = page.items.map((volume) => volumeInfo(call, volume));
  return { json: { volumes: unlessEmpty(volumes), next_page_token: page.nextPageToken } };
}

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  if ((optionalText(body, 'volume_type') ?? 'MANAGED') !== 'MANAGED') {
    throw invalid('The local workspace has managed volumes only.');
  }
  const levels = [
    requiredText(body, 'catalog_name'),
    requiredText(body, 'schema_name'),
    requiredText(body, 'name'),
  ] as const;
  const comment = optionalText(body, 'comment') ?? '';
  return { json: volumeInfo(call, createVolume(call.workspace.metastore, levels, comment, authorOf(call))) };
}

function get(call: Call): Reply {
  return { json: volumeInfo(call, getVolume(call.workspace.metastore, call.params.full_name ?? '')) };
}

function volumeInfo(call: Call, { fullName, comment, owner, createdAt }: Volume) {
  const [catalog_name = '', schema_name = '', name = ''] = fullName.split('.');
  const { metastore } = call.workspace;
  return {
    name,
    catalog_name,
    schema_name,
    full_name: fullName,
    volume_type: 'MANAGED',
    owner,
    comment: comment || undefined,
    storage_location: pathToFileURL(join(metastore.folder, 'volumes', catalog_name, schema_name, name)).href,
    metastore_id: metastoreId(metastore, createdAt),
    created_at: createdAt,
    created_by: owner,
    updated_at: createdAt,
    updated_by: owner,
  };
}
