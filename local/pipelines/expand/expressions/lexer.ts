import type { Primitive } from '../nodes';
import { parseVersion } from './version';

export type Token =
  | { readonly type: 'literal'; readonly value: Primitive; readonly text: string; readonly position: number }
  | { readonly type: 'name' | 'sign' | 'unreadable' | 'end'; readonly text: string; readonly position: number };

const SIGNS = '()[],.*';
const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * Parts an expression into tokens. `position` counts from 1.
 * Literals: `true`/`false` in any case, numbers that begin with `-`, `.` or a digit, versions of three or four parts, texts in single quotes
 * with `''` for a quote. There are no operators. Source: the page on expressions; details from published previews.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (/\s/.test(sign)) {
      at += 1;
      continue;
    }
    const token = readToken(text, at, tokens.at(-1));
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ type: 'end', text: '', position: text.length + 1 });
  return tokens;
}

function readToken(text: string, at: number, before: Token | undefined): Token {
  const sign = text[at] ?? '';
  const position = at + 1;
  if (sign === "'") {
    return readText(text, at);
  }
  if (SIGNS.includes(sign) && !(sign === '.' && startsNumber(text, at, before))) {
    return { type: 'sign', text: sign, position };
  }
  if (afterDot(before)) {
    const [name = ''] = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at)) ?? [];
    return name === ''
      ? { type: 'unreadable', text: wordAt(text, at), position }
      : { type: 'name', text: name, position };
  }
  if (/[-.\d]/.test(sign)) {
    return readNumber(numberAt(text, at), position);
  }
  const word = wordAt(text, at);
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false') {
    return { type: 'literal', value: lower === 'true', text: word, position };
  }
  return { type: /^[A-Za-z_][A-Za-z0-9_]*$/.test(word) ? 'name' : 'unreadable', text: word, position };
}

/** `.5` is a number where a value may begin; after a name, a call or an index the dot dereferences. */
function startsNumber(text: string, at: number, before: Token | undefined): boolean {
  const valueEnded = before !== undefined && (before.type !== 'sign' || ')]*'.includes(before.text));
  return !valueEnded && /\d/.test(text[at + 1] ?? '');
}

function afterDot(before: Token | undefined): boolean {
  return before?.type === 'sign' && before.text === '.';
}

function readText(text: string, at: number): Token {
  let value = '';
  let end = at + 1;
  while (end < text.length) {
    if (text[end] !== "'") {
      value += text[end];
      end += 1;
    } else if (text[end + 1] === "'") {
      value += "'";
      end += 2;
    } else {
      return { type: 'literal', value, text: text.slice(at, end + 1), position: at + 1 };
    }
  }
  return { type: 'unreadable', text: text.slice(at), position: at + 1 };
}

function readNumber(word: string, position: number): Token {
  if (NUMBER.test(word)) {
    return { type: 'literal', value: Number(word), text: word, position };
  }
  const version = parseVersion(word, 3);
  return version === undefined
    ? { type: 'unreadable', text: word, position }
    : { type: 'literal', value: version, text: word, position };
}

function numberAt(text: string, at: number): string {
  return /^[^\s()[\],*']+/.exec(text.slice(at))?.[0] ?? text.slice(at, at + 1);
}

/** A run of whatever ends no token, so that an error names all of it. */
function wordAt(text: string, at: number): string {
  return /^[^\s()[\],.*']+/.exec(text.slice(at))?.[0] ?? text.slice(at, at + 1);
}
