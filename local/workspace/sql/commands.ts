import { syntaxError, unsupported } from './failure';
import { readName } from './names';
import { isWord, type Token } from './tokens';

/** Statements that are read on the tokens, because the parser does not know them or loses parts of them. */
export type Command =
  | { readonly kind: 'describeTable' | 'describeDetail'; readonly name: readonly string[] }
  | { readonly kind: 'describeHistory'; readonly name: readonly string[]; readonly limit?: number }
  | { readonly kind: 'showTables'; readonly schema?: readonly string[] }
  | { readonly kind: 'showSchemas'; readonly catalog?: string }
  | { readonly kind: 'showCatalogs' }
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
  if (isWord(tokens[0], 'SHOW')) {
    return readShow(new Cursor(tokens, 1));
  }
  if (isWord(tokens[0], 'CREATE') && isWord(tokens[1], 'SCHEMA', 'DATABASE')) {
    return readCreateSchema(new Cursor(tokens, 2));
  }
  return undefined;
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

/** Reads tokens from left to right. */
class Cursor {
  constructor(
    private readonly tokens: readonly Token[],
    private at: number,
  ) {}

  takeWord(...words: readonly string[]): boolean {
    const found = isWord(this.tokens[this.at], ...words);
    this.at += found ? 1 : 0;
    return found;
  }

  name(): string[] {
    const name = readName(this.tokens, this.at);
    if (name === undefined) {
      throw syntaxError(`A name is expected before ${this.spelling()}.`);
    }
    this.at = name.end;
    return name.parts;
  }

  text(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'string') {
      throw syntaxError(`A string is expected before ${this.spelling()}.`);
    }
    this.at += 1;
    return token.text;
  }

  wholeNumber(): number {
    const token = this.tokens[this.at];
    if (token?.kind !== 'number' || !/^\d{1,9}$/.test(token.text)) {
      throw syntaxError(`A whole number is expected before ${this.spelling()}.`);
    }
    this.at += 1;
    return Number(token.text);
  }

  /** A variant that would be read as a name otherwise; a name of that spelling must be followed by nothing or a dot. */
  refuse(...words: readonly string[]): void {
    const next = this.tokens[this.at + 1];
    if (isWord(this.tokens[this.at], ...words) && next !== undefined && next.text !== '.') {
      throw unsupported(`DESCRIBE ${this.spelling()}`);
    }
  }

  end(): void {
    if (this.at < this.tokens.length) {
      throw unsupported(`${JSON.stringify(this.spelling())} here`);
    }
  }

  spelling(): string {
    return this.tokens[this.at]?.text ?? 'the end';
  }
}
