import { type Fields, invalid, optionalObject, optionalText, requiredText } from '../fields';
import type { SavedQuery } from './query-store';

const FIXED = ['id', 'create_time', 'update_time', 'lifecycle_state'];
const TEXTS = ['display_name', 'query_text', 'owner_user_name'];

/**
 * The fields that a request changes, with their new values: those of `query` that its `update_mask` names.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for fields that never change, and for what is no text where one belongs
 */
export function changedFields(request: Fields, former: SavedQuery): Fields {
  const given = optionalObject(request, 'query') ?? {};
  const names = requiredText(request, 'update_mask').split(',');
  const chosen = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => names.includes(name) || (names.includes('*') && value !== former[name]),
    ),
  );
  const fixed = [...names, ...Object.keys(chosen)].find((name) => FIXED.includes(name));
  if (fixed !== undefined) {
    throw invalid(`The field '${fixed}' of a query cannot be changed.`);
  }
  const texts = TEXTS.filter((name) => name in chosen).map((name) => [name, optionalText(chosen, name) ?? '']);
  const changed: Fields = { ...chosen, ...Object.fromEntries(texts) };
  if (changed.owner_user_name === '') {
    throw invalid('A query belongs to somebody: owner_user_name is empty.');
  }
  return changed;
}

/** Whether a request gives the query to somebody else. @throws ApiError 400 as {@link changedFields} */
export function changesOwner(request: Fields, former: SavedQuery): boolean {
  const { owner_user_name: owner = former.owner_user_name } = changedFields(request, former);
  return owner !== former.owner_user_name;
}
