import { SqlFailure } from './failure';

/** How often DuckDB's expansion of a macro repeats its argument (macros.ts): nested, the copies multiply. */
const COPIES: Readonly<Record<string, number>> = { cast: 15, subscript: 5, avg: 2 };
/** Expressions with more copies than this would keep DuckDB's binder busy for seconds. */
const HEAVIEST = 20_000;

/**
 * Refuses an expression that would grow beyond reason when its macros are expanded.
 * @throws SqlFailure FAILED_TO_PARSE_TOO_COMPLEX
 */
export function requireLight(expression: unknown): void {
  if (weigh(expression) > HEAVIEST) {
    throw new SqlFailure('FAILED_TO_PARSE_TOO_COMPLEX', '54001', 'An expression is too complex; split it.');
  }
}

function weigh(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  let weight = 0;
  for (const [key, inner] of Object.entries(value)) {
    weight += (COPIES[key] ?? 1) * (key === 'div' || key === 'mod' ? weighDivision(inner) : weigh(inner));
  }
  return Math.max(1, weight);
}

/** The divisor is tested for zero, so it stands there twice. */
function weighDivision(node: { readonly left?: unknown; readonly right?: unknown }): number {
  return weigh(node.left) + 2 * weigh(node.right);
}
