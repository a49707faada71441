import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, objectList, optionalObject, textList } from '../fields';
import { changeModel } from './models';
import { authorOf } from './requests';
import { type Tag, tagOf, withoutTags, withTags } from './tags';
import { changeVersion, parseVersion } from './versions';

const ROOT = '/api/2.1/unity-catalog';

/** Tags of models (securable type FUNCTION) and of their versions (subentities) in Unity Catalog's own dialect. */
export const catalogTagOperations: readonly Operation[] = [
  {
    method: 'PATCH',
    path: `${ROOT}/securable-tags/:securable_type/:full_name`,
    note: 'of models',
    lacks: 'tags of other securables',
    handle: ofModel,
  },
  {
    method: 'PATCH',
    path: `${ROOT}/subentity-tags/:securable_type/:full_name/:subentity`,
    note: 'of model versions',
    lacks: 'tags of columns',
    handle: ofVersion,
  },
];

async function ofModel(call: Call): Promise<Reply> {
  const change = await tagChange(call);
  changeModel(call.workspace.metastore, call.params.full_name ?? '', authorOf(call), (model) => ({
    ...model,
    tags: change(model.tags),
  }));
  return { json: {} };
}

async function ofVersion(call: Call): Promise<Reply> {
  const change = await tagChange(call);
  const version = parseVersion(call.params.subentity ?? '');
  changeVersion(call.workspace.metastore, call.params.full_name ?? '', version, authorOf(call), (former) => ({
    ...former,
    tags: change(former.tags),
  }));
  return { json: {} };
}

/** `{changes: {add_tags: [{key, value}], remove: [key]}}`: what is removed goes first. @throws ApiError 400, 501 for other securables */
async function tagChange(call: Call): Promise<(tags: readonly Tag[]) => readonly Tag[]> {
  if (call.params.securable_type?.toUpperCase() !== 'FUNCTION') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace keeps tags of models and model versions only.');
  }
  const changes = optionalObject(await call.json<Fields>(), 'changes') ?? {};
  const add = objectList(changes, 'add_tags').map(tagOf);
  const remove = textList(changes, 'remove');
  return (tags) => withTags(withoutTags(tags, remove), add);
}
