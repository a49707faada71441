import { type Fields, invalid, objectList, optionalText, requiredText } from '../fields';

/** A tag of a model or a model version. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

const MOST_TAGS = 20;
const LONGEST_KEY = 255;
const LONGEST_VALUE = 1_000;

/**
 * A tag of a request by the rules of Unity Catalog: keys without `. , - = / :`, no blank at either end, at most 255 characters; values at
 * most 1000. The real service may be laxer in places [U]; whoever passes here passes there.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function tagOf(fields: Fields): Tag {
  const key = requiredText(fields, 'key');
  const value = optionalText(fields, 'value') ?? '';
  if (/[.,\-=/:]/.test(key) || key.trim() !== key || key.length > LONGEST_KEY) {
    throw invalid(
      `Invalid tag key '${key.slice(0, 60)}': a key has at most ${LONGEST_KEY} characters, none of . , - = / : and no blank at its ends.`,
    );
  }
  if (value.length > LONGEST_VALUE || value.trim() !== value) {
    throw invalid(`Invalid value of tag '${key}': at most ${LONGEST_VALUE} characters and no blank at its ends.`);
  }
  return { key, value };
}

/** The tags of a request's list. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function tagsOf(fields: Fields, name: string): readonly Tag[] {
  return withTags([], objectList(fields, name).map(tagOf));
}

/** The tags with these set. @throws ApiError 400 INVALID_PARAMETER_VALUE when there would be more than 20 */
export function withTags(tags: readonly Tag[], set: readonly Tag[]): readonly Tag[] {
  const keys = new Set(set.map(({ key }) => key));
  const all = [...tags.filter(({ key }) => !keys.has(key)), ...new Map(set.map((tag) => [tag.key, tag])).values()];
  if (all.length > MOST_TAGS) {
    throw invalid(`The number of tags would be ${all.length}: an object can have at most ${MOST_TAGS}.`);
  }
  return all;
}

/** The tags without these keys; a key that is not there is no error. */
export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return tags.filter(({ key }) => !keys.includes(key));
}
