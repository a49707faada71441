import { Cursor } from './cursor';
import { syntaxError, unsupported } from './failure';
import { type GrantCommand, readGrant } from './grant-commands';
import { isWord, type Token } from './tokens';

/** Statements that are read on the tokens, because the parser does not know them or loses parts of them. */
export type Command =
  | GrantCommand
  | { readonly kind: 'describeTable' | 'describeDetail'; readonly name: readonly string[] }
  | { readonly kind: 'describeHistory'; readonly name: readonly string[]; readonly limit?: number }
  | { readonly kind: 'showTables'; readonly schema?: readonly string[] }
  | { readonly kind: 'showSchemas'; readonly catalog?: string }
  | { readonly kind: 'showCatalogs' }
  | { readonly kind: 'showProperties'; readonly name: readonly string[]; readonly key?: string }
  | {
      readonly kind: 'setProperties';
      readonly name: readonly string[];
      readonly properties: readonly (readonly [key: string, value: string])[];
    }
  | {
      readonly kind: 'unsetProperties';
      readonly name: readonly string[];
      readonly keys: readonly string[];
    }
  | { readonly kind: 'commentOnTable'; readonly name: readonly string[]; readonly comment: string | null }
  | {
      readonly kind: 'createSchema';
      readonly name: readonly string[];
      readonly ifNotExists: boolean;
      readonly comment: string;
    };

/**
 * A command, or undefined when the tokens are a statement for the parser.
 * @throws SqlFailure when a command is not written as it must be, or its variant is not supported
 */
export function readCommand(tokens: readonly Token[]): Command | undefined {
  if (isWord(tokens[0], 'DESCRIBE', 'DESC')) {
    return readDescribe(new Cursor(tokens, 1));
  }
  const grant = readGrant(tokens);
  if (grant !== undefined) {
    return grant;
  }
  if (isWord(tokens[0], 'SHOW')) {
    return readShow(new Cursor(tokens, 1));
  }
  if (isWord(tokens[0], 'CREATE') && isWord(tokens[1], 'SCHEMA', 'DATABASE')) {
    return readCreateSchema(new Cursor(tokens, 2));
  }
  if (isWord(tokens[0], 'COMMENT') && isWord(tokens[1], 'ON')) {
    return readComment(new Cursor(tokens, 2));
  }
  if (isWord(tokens[0], 'ALTER') && isWord(tokens[1], 'TABLE')) {
    return readAlterProperties(new Cursor(tokens, 2));
  }
  return undefined;
}

/** `SET TBLPROPERTIES` and `UNSET TBLPROPERTIES`, which the parser keeps as text only; other changes are for the parser. */
function readAlterProperties(cursor: Cursor): Command | undefined {
  const name = cursor.name();
  const set = cursor.takeWord('SET');
  const unset = !set && cursor.takeWord('UNSET');
  if (!(set || unset) || !cursor.takeWord('TBLPROPERTIES')) {
    return undefined;
  }
  if (set) {
    const properties = cursor.listOf((): [string, string] => {
      const key = cursor.propertyKey();
      cursor.symbol('=');
      return [key, cursor.propertyValue()];
    });
    cursor.end();
    return { kind: 'setProperties', name, properties };
  }
  if (cursor.takeWord('IF') && !cursor.takeWord('EXISTS')) {
    throw syntaxError('UNSET TBLPROPERTIES IF wants EXISTS.');
  }
  const keys = cursor.listOf(() => cursor.propertyKey());
  cursor.end();
  return { kind: 'unsetProperties', name, keys };
}

function readComment(cursor: Cursor): Command {
  if (!cursor.takeWord('TABLE')) {
    throw unsupported(`COMMENT ON ${cursor.spelling()}`);
  }
  const name = cursor.name();
  if (!cursor.takeWord('IS')) {
    throw syntaxError('COMMENT ON TABLE wants IS.');
  }
  const comment = cursor.takeWord('NULL') ? null : cursor.text();
  cursor.end();
  return { kind: 'commentOnTable', name, comment };
}

function readDescribe(cursor: Cursor): Command {
  if (cursor.takeWord('HISTORY')) {
    const name = cursor.name();
    const limit = cursor.takeWord('LIMIT') ? cursor.wholeNumber() : undefined;
    cursor.end();
    return { kind: 'describeHistory', name, ...(limit === undefined ? {} : { limit }) };
  }
  const kind = cursor.takeWord('DETAIL') ? 'describeDetail' : 'describeTable';
  if (kind === 'describeTable') {
    cursor.takeWord('TABLE');
    cursor.refuse('EXTENDED', 'FORMATTED', 'SCHEMA', 'DATABASE', 'CATALOG', 'VOLUME', 'FUNCTION', 'QUERY', 'SELECT');
  }
  const name = cursor.name();
  cursor.end();
  return { kind, name };
}

function readShow(cursor: Cursor): Command {
  if (cursor.takeWord('CATALOGS')) {
    cursor.end();
    return { kind: 'showCatalogs' };
  }
  if (cursor.takeWord('SCHEMAS', 'DATABASES')) {
    const catalog = cursor.takeWord('IN', 'FROM') ? cursor.name() : [];
    cursor.end();
    if (catalog.length > 1) {
      throw syntaxError('SHOW SCHEMAS IN wants the name of one catalog.');
    }
    return { kind: 'showSchemas', ...(catalog[0] === undefined ? {} : { catalog: catalog[0] }) };
  }
  if (cursor.takeWord('TABLES')) {
    const schema = cursor.takeWord('IN', 'FROM') ? cursor.name() : undefined;
    cursor.end();
    return { kind: 'showTables', ...(schema === undefined ? {} : { schema }) };
  }
  if (cursor.takeWord('TBLPROPERTIES')) {
    const name = cursor.name();
    const [key] = cursor.atSymbol('(') ? cursor.listOf(() => cursor.propertyKey()) : [];
    cursor.end();
    return { kind: 'showProperties', name, ...(key === undefined ? {} : { key }) };
  }
  throw unsupported(`SHOW ${cursor.spelling()}`);
}

function readCreateSchema(cursor: Cursor): Command {
  const ifNotExists = cursor.takeWord('IF');
  if (ifNotExists && !(cursor.takeWord('NOT') && cursor.takeWord('EXISTS'))) {
    throw syntaxError('CREATE SCHEMA IF wants NOT EXISTS.');
  }
  const name = cursor.name();
  const comment = cursor.takeWord('COMMENT') ? cursor.text() : '';
  cursor.end();
  return { kind: 'createSchema', name, ifNotExists, comment };
}
