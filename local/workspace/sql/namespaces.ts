import { ApiError } from '../api';
import { ensureSchema, getSchema, createSchema as newSchema } from '../unity-catalog/namespaces';
import { SqlFailure } from './failure';
import { inBackticks } from './names';
import type { Session } from './session';

/** @throws SqlFailure when the catalog or the schema does not exist */
export function requireSchema(session: Session, catalog: string, schema: string): void {
  inSqlTerms(catalog, schema, () => getSchema(session.metastore, catalog, schema));
}

/** `CREATE SCHEMA`. @throws SqlFailure when the catalog does not exist, or the schema does and `ifNotExists` is false */
export function createSchema(
  session: Session,
  catalog: string,
  schema: string,
  ifNotExists: boolean,
  comment: string,
): void {
  session.requireCreateSchema?.(catalog);
  const author = { owner: session.principal.userName, now: session.now };
  inSqlTerms(catalog, schema, () => {
    if (ifNotExists && comment === '') {
      return ensureSchema(session.metastore, catalog, schema, author);
    }
    try {
      return newSchema(session.metastore, catalog, schema, comment, author);
    } catch (error) {
      if (ifNotExists && error instanceof ApiError && error.errorCode === 'SCHEMA_ALREADY_EXISTS') {
        return undefined;
      }
      throw error;
    }
  });
}

function inSqlTerms(catalog: string, schema: string, body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    throw inSql(error, catalog, schema);
  }
}

function inSql(error: ApiError, catalog: string, schema: string): SqlFailure {
  switch (error.errorCode) {
    case 'CATALOG_DOES_NOT_EXIST':
      return new SqlFailure('NO_SUCH_CATALOG_EXCEPTION', '42704', `Catalog '${catalog}' was not found.`);
    case 'SCHEMA_DOES_NOT_EXIST':
      return new SqlFailure('SCHEMA_NOT_FOUND', '42704', `The schema ${inBackticks(catalog, schema)} cannot be found.`);
    case 'SCHEMA_ALREADY_EXISTS':
      return new SqlFailure(
        'SCHEMA_ALREADY_EXISTS',
        '42P06',
        `Cannot create schema ${inBackticks(catalog, schema)} because it already exists.`,
        'ALREADY_EXISTS',
      );
    default:
      return new SqlFailure(error.errorCode, '22023', error.message);
  }
}
