import type * as z from 'zod/mini';
import { type $ZodIssue, config, type output } from 'zod/v4/core';
import type { PolicyText } from './policy-text';
import type { PolicyProblem } from './problem';
import { type Sentences, type Subject, sentencesFor } from './sentences';

// The schema library compiles parsers with `new Function` unless told not to; the files are small, and hardened agents forbid it.
config({ jitless: true });

/**
 * Holds values against their shape; everything that is wrong becomes a problem with line and column.
 * @param subject what the file is called
 * @param own sentences of the file's own for an issue; without any the usual ones are taken
 */
export function parseShape<Shape extends z.ZodMiniType>(
  shape: Shape,
  source: PolicyText,
  subject: Subject,
  own: (issue: $ZodIssue) => Sentences | undefined = () => undefined,
): { readonly value: output<Shape> | undefined; readonly problems: readonly PolicyProblem[] } {
  const knownKeys = new Map<string, readonly string[]>();
  const parse = (value: unknown) =>
    shape.safeParse(value, {
      reportInput: true,
      error: (issue) => {
        if (issue.code === 'unrecognized_keys') {
          knownKeys.set(pathKey(issue.path ?? []), keysOf(issue.inst));
        }
        return undefined;
      },
    });
  const asWritten = parse(source.value);
  const parsed = asWritten.success ? asWritten : parse(withNumbersOfVariables(source, asWritten.error.issues));
  if (parsed.success) {
    return { value: parsed.data, problems: [] };
  }
  const problems = parsed.error.issues.flatMap((issue) => {
    const said = own(issue);
    const sentences =
      said === undefined ? sentencesFor(issue, knownKeys.get(pathKey(issue.path)) ?? [], subject) : [said];
    return sentences.map(({ what, todo, key }) => source.problemAt(issue.path, what, todo, key));
  });
  return { value: undefined, problems };
}

/** What the schema library says it expected of `z.number()` and `z.int()`. */
const NUMERIC = new Set(['number', 'int']);

/** Variables are texts; one that stands alone where a number belongs is that number. */
function withNumbersOfVariables(source: PolicyText, issues: readonly $ZodIssue[]): unknown {
  const value: unknown = structuredClone(source.value);
  for (const issue of issues) {
    const text = source.variableAt(issue.path);
    const [last, ...before] = [...issue.path].reverse();
    if (issue.code === 'invalid_type' && NUMERIC.has(issue.expected) && last !== undefined && isNumber(text)) {
      const parent = before.reduceRight<unknown>((at, step) => (at as Record<PropertyKey, unknown>)[step], value);
      (parent as Record<PropertyKey, unknown>)[last] = Number(text);
    }
  }
  return value;
}

/** As JSON writes numbers. */
function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}

function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function keysOf(schema: unknown): readonly string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}
