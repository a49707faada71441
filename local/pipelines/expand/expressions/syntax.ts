import type { Primitive } from '../nodes';
import { versionText } from './version';

/** An expression as it was read. Positions count characters from 1. */
export type Expression =
  | { readonly type: 'literal'; readonly value: Primitive }
  | { readonly type: 'name'; readonly name: string; readonly position: number }
  | {
      readonly type: 'call';
      readonly name: string;
      readonly position: number;
      readonly parameters: readonly Expression[];
    }
  | { readonly type: 'index'; readonly target: Expression; readonly index: Expression | undefined };

/** Writes an expression so that it reads back the same. An index without expression is the filter `*`. */
export function writeExpression(expression: Expression): string {
  switch (expression.type) {
    case 'literal':
      return writeLiteral(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.parameters.map(writeExpression).join(', ')})`;
    case 'index':
      return `${writeExpression(expression.target)}[${expression.index === undefined ? '*' : writeExpression(expression.index)}]`;
  }
}

function writeLiteral(value: Primitive): string {
  if (typeof value === 'string') {
    return `'${value.replaceAll("'", "''")}'`;
  }
  if (value !== null && typeof value === 'object') {
    return versionText(value);
  }
  return String(value);
}
