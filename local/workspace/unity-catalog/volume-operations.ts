import { pathToFileURL } from 'node:url';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, optionalText, queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { describedChange, describedInfo } from './namespace-operations';
import { authorOf } from './requests';
import { changeVolume, createVolume, getVolume, listVolumes, type Volume, volumeFolder } from './volumes';

const ROOT = '/api/2.1/unity-catalog/volumes';

/** Managed volumes; their files are reached through the Files API. */
export const volumeOperations: readonly Operation[] = [
  { method: 'GET', path: ROOT, handle: list },
  { method: 'POST', path: ROOT, note: 'managed volumes', lacks: 'external volumes', handle: create },
  { method: 'GET', path: `${ROOT}/:full_name`, handle: get },
  { method: 'PATCH', path: `${ROOT}/:full_name`, note: 'comment, owner', lacks: 'new_name', handle: update },
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

async function update(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  if (optionalText(body, 'new_name')) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace does not rename volumes.');
  }
  const fullName = call.params.full_name ?? '';
  return {
    json: volumeInfo(call, changeVolume(call.workspace.metastore, fullName, describedChange(body), authorOf(call))),
  };
}

function volumeInfo(call: Call, volume: Volume) {
  const [catalog_name = '', schema_name = '', name = ''] = volume.fullName.split('.');
  return {
    name,
    catalog_name,
    schema_name,
    full_name: volume.fullName,
    volume_type: 'MANAGED',
    storage_location: pathToFileURL(volumeFolder(call.workspace.metastore, volume.fullName)).href,
    ...describedInfo(call, volume),
  };
}
