import { invalid } from '../fields';

/**
 * One level of a Unity Catalog name. Names are case-insensitive and kept in lower case.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for blanks, dots, slashes, control characters, or more than 255 characters
 */
export function identifier(name: string, what: string): string {
  if (name === '' || name.length > 255 || /[\s./\\\p{Cc}]/u.test(name)) {
    throw invalid(
      `Invalid ${what} name ${JSON.stringify(name)}: it has 1 to 255 characters without blanks, '.', '/' and '\\'.`,
    );
  }
  return name.toLowerCase();
}

/** `catalog.schema.name` from its levels. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function fullNameOf(catalog: string, schema: string, name: string): string {
  return [identifier(catalog, 'catalog'), identifier(schema, 'schema'), identifier(name, 'object')].join('.');
}

/** The levels of `catalog.schema.name`. @throws ApiError 400 INVALID_PARAMETER_VALUE unless there are three */
export function threeLevels(fullName: string): readonly [catalog: string, schema: string, name: string] {
  const [catalog, schema, name, ...more] = fullName.split('.');
  if (catalog === undefined || schema === undefined || name === undefined || more.length > 0) {
    throw invalid(`'${fullName}' is not a valid name: Unity Catalog wants three levels, <catalog>.<schema>.<name>.`);
  }
  return [identifier(catalog, 'catalog'), identifier(schema, 'schema'), identifier(name, 'object')];
}
