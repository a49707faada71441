import { SqlFailure, syntaxError } from './failure';
import { parseName } from './names';
import type { Bindings } from './parameters';
import { isSymbol, isWord, type Token, tokenize, tokensToSql } from './tokens';

/**
 * What the parser gets wrong or does not know is resolved on the tokens: `IDENTIFIER(…)` becomes the name that it gives (the
 * parser drops a `VERSION AS OF` after it), a parameter after LIMIT, OFFSET or TIMESTAMP AS OF its value, and `name@v1` the long form.
 * @throws SqlFailure for an IDENTIFIER that is not constant text or a LIMIT that is not a whole number
 */
export function resolveConstants(tokens: readonly Token[], bindings: Bindings): Token[] {
  const resolved: Token[] = [];
  let at = 0;
  for (let token = tokens[at]; token !== undefined; token = tokens[at]) {
    if (isWord(token, 'IDENTIFIER') && isSymbol(tokens[at + 1], '(')) {
      const { text, end } = constantText(tokens, at + 2, bindings);
      resolved.push(...nameTokens(text));
      at = end;
    } else if (token.kind === 'parameter' && isWord(tokens[at - 1], 'LIMIT', 'OFFSET')) {
      resolved.push({ kind: 'number', text: wholeNumber(token.text, bindings) });
      at += 1;
    } else if (token.kind === 'parameter' && isWord(tokens[at - 1], 'OF') && isWord(tokens[at - 3], 'TIMESTAMP')) {
      resolved.push({ kind: 'string', text: bindings.parameter(token.text).value ?? '' });
      at += 1;
    } else if (token.kind === 'symbol' && token.text.startsWith('@')) {
      resolved.push(...historyTokens(token.text.slice(1)));
      at += 1;
    } else {
      resolved.push(token);
      at += 1;
    }
  }
  return resolved;
}

/** `name@v12` is `name VERSION AS OF 12`; `name@yyyyMMddHHmmssSSS` is a TIMESTAMP AS OF in UTC. */
function historyTokens(point: string): Token[] {
  const words = (...texts: readonly string[]): Token[] => texts.map((text) => ({ kind: 'word', text }));
  if (point.startsWith('v')) {
    return [...words('VERSION', 'AS', 'OF'), { kind: 'number', text: point.slice(1) }];
  }
  const [year, month, day, hour, minute, second, fraction] =
    /^(.{4})(.{2})(.{2})(.{2})(.{2})(.{2})(.{3})$/.exec(point)?.slice(1) ?? [];
  const text = `${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction}`;
  return [...words('TIMESTAMP', 'AS', 'OF'), { kind: 'string', text }];
}

/** Text and parameters joined by `||` up to the closing parenthesis. */
function constantText(tokens: readonly Token[], from: number, bindings: Bindings): { text: string; end: number } {
  let text = '';
  for (let at = from; ; at += 2) {
    const token = tokens[at];
    if (token?.kind !== 'string' && token?.kind !== 'parameter') {
      throw new SqlFailure(
        'NOT_A_CONSTANT_STRING.NOT_CONSTANT',
        '42601',
        'IDENTIFIER takes string literals and parameters, joined by ||.',
      );
    }
    const value = token.kind === 'string' ? token.text : bindings.parameter(token.text).value;
    if (value === null) {
      throw new SqlFailure('NOT_A_CONSTANT_STRING.NULL', '42601', 'The argument of IDENTIFIER is NULL.');
    }
    text += value;
    if (isSymbol(tokens[at + 1], ')')) {
      return { text, end: at + 2 };
    }
    if (!isSymbol(tokens[at + 1], '||')) {
      throw syntaxError('IDENTIFIER( is not closed.');
    }
  }
}

function nameTokens(text: string): Token[] {
  return parseName(text).flatMap((part, index): Token[] => {
    const name: Token = { kind: 'quoted', text: part };
    return index === 0 ? [name] : [{ kind: 'symbol', text: '.' }, name];
  });
}

function wholeNumber(parameter: string, bindings: Bindings): string {
  const value = bindings.parameter(parameter).value ?? '';
  if (!/^\d{1,18}$/.test(value.trim())) {
    throw new SqlFailure(
      'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE',
      '42K0E',
      `LIMIT and OFFSET want a whole number from 0, parameter ${parameter} is not one.`,
    );
  }
  return value.trim();
}

/** One statement: a final semicolon is dropped, another statement after it refused. */
export function singleStatement(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex((token) => isSymbol(token, ';'));
  const statement = end === -1 ? tokens : tokens.slice(0, end);
  if (end !== -1 && !tokens.slice(end).every((token) => isSymbol(token, ';'))) {
    throw syntaxError('Send exactly one statement at a time.');
  }
  if (statement.length === 0) {
    throw syntaxError('The statement is empty.');
  }
  return statement;
}

/**
 * The statements of a script, divided by semicolons; empty ones are left out.
 * @throws SqlFailure for text that is no SQL
 */
export function splitStatements(script: string): readonly string[] {
  const statements: Token[][] = [[]];
  for (const token of tokenize(script)) {
    if (isSymbol(token, ';')) {
      statements.push([]);
    } else {
      statements.at(-1)?.push(token);
    }
  }
  return statements.filter((tokens) => tokens.length > 0).map(tokensToSql);
}
