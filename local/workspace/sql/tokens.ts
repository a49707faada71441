import { syntaxError, unsupported } from './failure';

/** One token of Databricks SQL. `text` is the meaning (string contents, bare identifier), not the spelling. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol';
  readonly text: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  '0': '\0',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
};

const SYMBOLS = [
  '<=>',
  '<>',
  '!=',
  '<=',
  '>=',
  '==',
  '||',
  '::',
  '->',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  ';',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<',
  '>',
  ':',
  '&',
  '|',
  '^',
  '~',
  '!',
  '{',
  '}',
];

/**
 * Splits a statement into tokens and drops comments (`--` to the end of the line, `/* *\/` nested).
 * Strings are in single or double quotes with backslash escapes (`r'…'` without), adjacent ones are one string; identifiers are in backticks.
 * @throws SqlFailure PARSE_SYNTAX_ERROR on an unclosed token or a character that begins none
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const next = readToken(sql, at, tokens.at(-1));
    at = next.end;
    if (next.token !== undefined) {
      push(tokens, next.token);
    }
  }
  return tokens;
}

interface Read {
  readonly token?: Token;
  readonly end: number;
}

/** Two strings side by side are one. */
function push(tokens: Token[], token: Token): void {
  const last = tokens.at(-1);
  if (token.kind === 'string' && last?.kind === 'string') {
    tokens[tokens.length - 1] = { kind: 'string', text: last.text + token.text };
    return;
  }
  tokens.push(token);
}

function readToken(sql: string, at: number, previous: Token | undefined): Read {
  const rest = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const blank = rest(/\s+|--[^\n]*/y);
  if (blank !== undefined) {
    return { end: at + blank.length };
  }
  if (sql.startsWith('/*', at)) {
    return { end: endOfComment(sql, at) };
  }
  const rawString = rest(/[rR](?=['"])/y);
  const character = sql[rawString === undefined ? at : at + 1] ?? '';
  if (character === "'" || character === '"') {
    return readString(sql, rawString === undefined ? at : at + 1, character, rawString !== undefined);
  }
  if (character === '`') {
    return readQuoted(sql, at);
  }
  const number = rest(/(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?([lLsSyYdDfF]|[bB][dD])?(?![\p{L}\p{N}_])/uy);
  if (number !== undefined && !(number.startsWith('.') && isName(previous))) {
    return { token: { kind: 'number', text: number }, end: at + number.length };
  }
  const word = rest(/[\p{L}_][\p{L}\p{N}_]*/uy);
  if (word !== undefined) {
    return { token: { kind: 'word', text: word }, end: at + word.length };
  }
  const parameter = rest(/:[\p{L}_][\p{L}\p{N}_]*/uy);
  if (parameter !== undefined && !isOperand(previous)) {
    return { token: { kind: 'parameter', text: parameter.slice(1) }, end: at + parameter.length };
  }
  const point = isName(previous) ? rest(/@(v\d{1,15}|\d{17})(?![\p{L}\p{N}_])/uy) : undefined;
  if (point !== undefined) {
    return { token: { kind: 'symbol', text: point }, end: at + point.length };
  }
  const symbol = SYMBOLS.find((candidate) => sql.startsWith(candidate, at));
  if (symbol !== undefined) {
    return { token: { kind: 'symbol', text: symbol }, end: at + symbol.length };
  }
  throw syntaxError(
    `Syntax error at or near ${JSON.stringify(Array.from(sql.slice(at, at + 2))[0] ?? '')} (position ${at}).`,
  );
}

function isName(token: Token | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

/** Words after which a colon begins a parameter although a word stands before it (`value:path` is another construct). */
const KEYWORDS_BEFORE_PARAMETER = new Set(
  'select,where,and,or,not,in,between,like,limit,offset,values,when,then,else,on,having,by,is,as,of,distinct,case,all,from,set,div,rlike'.split(
    ',',
  ),
);

function isOperand(token: Token | undefined): boolean {
  if (token?.kind === 'word') {
    return !KEYWORDS_BEFORE_PARAMETER.has(token.text.toLowerCase());
  }
  return (
    token?.kind === 'quoted' ||
    token?.kind === 'parameter' ||
    (token?.kind === 'symbol' && (token.text === ')' || token.text === ']'))
  );
}

function endOfComment(sql: string, from: number): number {
  let depth = 0;
  for (let at = from; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (sql.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  throw syntaxError('Found an unclosed bracketed comment; close it with "*/".');
}

function readString(sql: string, from: number, quote: string, raw: boolean): Read {
  let text = '';
  for (let at = from + 1; at < sql.length; at += 1) {
    const character = sql[at] ?? '';
    if (character === quote && sql[at + 1] === quote) {
      throw unsupported(
        `a doubled quote in a string, which means different things in different releases; write \\${quote}`,
      );
    }
    if (character === quote) {
      return { token: { kind: 'string', text }, end: at + 1 };
    }
    if (character !== '\\' || raw) {
      text += character;
      continue;
    }
    const unicode = /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/y;
    unicode.lastIndex = at;
    const code = unicode.exec(sql);
    if (code !== null) {
      text += codePoint(code[1] ?? code[2] ?? '');
      at += code[0].length - 1;
      continue;
    }
    at += 1;
    const escaped = sql[at] ?? '';
    text += ESCAPES[escaped] ?? escaped;
  }
  throw syntaxError('A string literal is not closed.');
}

function codePoint(hexadecimal: string): string {
  const value = Number.parseInt(hexadecimal, 16);
  if (value > 0x10ffff) {
    throw syntaxError(`U+${hexadecimal} is not a character.`);
  }
  return String.fromCodePoint(value);
}

function readQuoted(sql: string, from: number): Read {
  const pattern = /`((?:[^`]|``)*)`/y;
  pattern.lastIndex = from;
  const found = pattern.exec(sql);
  if (found?.[1] === undefined || found[1] === '') {
    throw syntaxError('A quoted identifier is not closed or empty.');
  }
  return { token: { kind: 'quoted', text: found[1].replaceAll('``', '`') }, end: from + found[0].length };
}

/** Tokens as text that the parser reads in one way only: identifiers in backticks where they were, strings in single quotes. */
export function tokensToSql(tokens: readonly Token[]): string {
  return tokens.map(spell).join(' ');
}

function spell(token: Token): string {
  switch (token.kind) {
    case 'quoted':
      return `\`${token.text.replaceAll('`', '``')}\``;
    case 'string':
      return `'${token.text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'parameter':
      return `:${token.text}`;
    default:
      return token.text;
  }
}

/** Whether a token is this keyword, in any case, outside quotes. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

/** Whether a token is this symbol. */
export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}
