import { Cursor } from './cursor';
import { syntaxError, unsupported } from './failure';
import { fullName, type NameDefaults, schemaName, tableName } from './names';
import type { GrantTarget } from './session';
import { isWord, type Token } from './tokens';

/** What a statement says that rights are on; its name is completed when the statement runs. */
export interface NamedTarget {
  readonly kind: GrantTarget['kind'];
  readonly name: readonly string[];
}

/** `GRANT` and `REVOKE`, and `SHOW GRANTS`. */
export type GrantCommand =
  | {
      readonly kind: 'grant' | 'revoke';
      readonly privileges: readonly string[];
      readonly on: NamedTarget;
      readonly principal: string;
    }
  | { readonly kind: 'showGrants'; readonly on: NamedTarget; readonly principal?: string };

const KINDS: Readonly<Record<string, GrantTarget['kind']>> = {
  METASTORE: 'METASTORE',
  CATALOG: 'CATALOG',
  SCHEMA: 'SCHEMA',
  DATABASE: 'SCHEMA',
  TABLE: 'TABLE',
  VIEW: 'TABLE',
  VOLUME: 'VOLUME',
  FUNCTION: 'FUNCTION',
};
/** Other securables of Unity Catalog, which would be read as the name of a table. */
const OTHER_KINDS = [
  'EXTERNAL',
  'SHARE',
  'CONNECTION',
  'STORAGE',
  'SERVICE',
  'CREDENTIAL',
  'PROVIDER',
  'RECIPIENT',
  'CLEAN',
  'ANY',
];

/** @throws SqlFailure when it is not written as it must be */
export function readGrant(tokens: readonly Token[]): GrantCommand | undefined {
  if (isWord(tokens[0], 'GRANT', 'REVOKE')) {
    const kind = isWord(tokens[0], 'GRANT') ? 'grant' : 'revoke';
    const cursor = new Cursor(tokens, 1);
    const privileges = readPrivileges(cursor);
    const on = readTarget(cursor);
    const before = kind === 'grant' ? 'TO' : 'FROM';
    if (!cursor.takeWord(before)) {
      throw syntaxError(`${kind.toUpperCase()} wants ${before} and a principal before ${cursor.spelling()}.`);
    }
    const principal = readPrincipal(cursor);
    cursor.end();
    return { kind, privileges, on, principal };
  }
  if (isWord(tokens[0], 'SHOW') && isWord(tokens[1], 'GRANTS', 'GRANT')) {
    const cursor = new Cursor(tokens, 2);
    const principal = cursor.takeWord('ON') ? undefined : readPrincipal(cursor);
    if (principal !== undefined && !cursor.takeWord('ON')) {
      throw syntaxError(`SHOW GRANTS wants ON and a securable before ${cursor.spelling()}.`);
    }
    const on = readTarget(cursor);
    cursor.end();
    return { kind: 'showGrants', on, ...(principal === undefined ? {} : { principal }) };
  }
  return undefined;
}

/** Words up to ON, divided by commas; `ALL PRIVILEGES` is one of them. */
function readPrivileges(cursor: Cursor): readonly string[] {
  const privileges: string[][] = [[]];
  while (!cursor.takeWord('ON')) {
    if (cursor.takeSymbol(',')) {
      privileges.push([]);
    } else {
      privileges.at(-1)?.push(cursor.word());
    }
  }
  if (privileges.some((words) => words.length === 0)) {
    throw syntaxError('A privilege is expected before ON and between commas.');
  }
  return privileges.map((words) => words.join(' ').toUpperCase());
}

function readTarget(cursor: Cursor): NamedTarget {
  const word = cursor.spelling().toUpperCase();
  if (OTHER_KINDS.some((other) => cursor.startsKind(other))) {
    throw unsupported(`grants on securables of type ${word}`);
  }
  const kind = Object.keys(KINDS).find((one) => cursor.startsKind(one));
  if (kind !== undefined) {
    cursor.takeWord(kind);
  } else if (cursor.takeWord('METASTORE')) {
    return { kind: 'METASTORE', name: [] };
  }
  const found = KINDS[kind ?? 'TABLE'] ?? 'TABLE';
  return { kind: found, name: found === 'METASTORE' ? [] : cursor.name() };
}

function readPrincipal(cursor: Cursor): string {
  const name = cursor.name();
  if (name.length !== 1 || name[0] === undefined) {
    throw syntaxError(`Write the principal in backticks: \`${name.join('.')}\`.`);
  }
  return name[0];
}

/** The target with its full name. @throws SqlFailure for a name that has too many parts or cannot be completed */
export function grantTarget({ kind, name }: NamedTarget, defaults: NameDefaults): GrantTarget {
  switch (kind) {
    case 'METASTORE':
      return { kind, fullName: '' };
    case 'CATALOG':
      if (name.length !== 1) {
        throw syntaxError(`The name of a catalog has one part, not ${name.length}.`);
      }
      return { kind, fullName: (name[0] ?? '').toLowerCase() };
    case 'SCHEMA': {
      const { catalog, schema } = schemaName(name, defaults);
      return { kind, fullName: `${catalog}.${schema}` };
    }
    default:
      return { kind, fullName: fullName(tableName(name, defaults)) };
  }
}
