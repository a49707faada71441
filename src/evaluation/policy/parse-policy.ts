import { createHash } from 'node:crypto';
import { config } from 'zod/v4/core';
import { canonicalJson } from '../../canonical-json';
import { type PolicyText, readPolicyText } from './policy-text';
import { PolicyInvalid, type PolicyProblem } from './problem';
import { checkRules } from './rules';
import { DEFAULT_CONFIDENCE, DEFAULT_ITERATIONS, type Policy, policySchema } from './schema';
import { sentencesFor } from './sentences';

/** A policy that can be judged by. */
export interface EffectivePolicy {
  /** After substitution, with every default written out. */
  readonly policy: Policy;
  /** SHA-256, hex, over the canonical JSON of {@link policy}. */
  readonly sha256: string;
  /** SHA-256, hex, over the file's text as it was read. */
  readonly fileSha256: string;
}

// The schema library compiles parsers with `new Function` unless told not to; policies are small, and hardened agents forbid it.
config({ jitless: true });

/**
 * Reads a promotion policy.
 * @param file the name to show in problems
 * @param variables values of `${name}` in the policy
 * @throws PolicyInvalid with every problem found, each with line and column
 */
export function parsePolicy(
  text: string,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): EffectivePolicy {
  const { policy, problems } = lintPolicy(text, file, variables);
  if (policy === undefined) {
    throw new PolicyInvalid(problems);
  }
  return { policy, sha256: sha256(canonicalJson(policy)), fileSha256: sha256(text) };
}

/** As {@link parsePolicy}, but hands back the problems. */
export function lintPolicy(
  text: string,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): { readonly policy: Policy | undefined; readonly problems: readonly PolicyProblem[] } {
  const read = readPolicyText(text, file, variables);
  if (read.text === undefined) {
    return { policy: undefined, problems: read.problems };
  }
  const source = read.text;
  const shape = checkShape(source);
  const rules = shape.policy === undefined ? [] : checkRules(shape.policy);
  const problems = [
    ...read.problems,
    ...shape.problems,
    ...rules.map((finding) => source.problemAt(finding.path, finding.what, finding.todo)),
  ];
  return { policy: problems.length > 0 ? undefined : shape.policy, problems: inOrder(problems) };
}

function checkShape(source: PolicyText): {
  readonly policy: Policy | undefined;
  readonly problems: readonly PolicyProblem[];
} {
  if (source.value === null || source.value === undefined) {
    return {
      policy: undefined,
      problems: [
        source.problemAt(
          [],
          'The policy is empty.',
          'Begin with apiVersion: databricks-mlops/v1 and kind: PromotionPolicy.',
        ),
      ],
    };
  }
  const knownKeys = new Map<string, readonly string[]>();
  const parsed = policySchema.safeParse(source.value, {
    reportInput: true,
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') {
        knownKeys.set(pathKey(issue.path ?? []), keysOf(issue.inst));
      }
      return undefined;
    },
  });
  if (parsed.success) {
    return { policy: withBoundDefaults(parsed.data), problems: [] };
  }
  const problems = parsed.error.issues.flatMap((issue) =>
    sentencesFor(issue, knownKeys.get(pathKey(issue.path)) ?? []).map(({ what, todo, key }) =>
      source.problemAt(issue.path, what, todo, key),
    ),
  );
  return { policy: undefined, problems };
}

/** Writes out what `useBound` implies, so that the policy's digest covers it. */
function withBoundDefaults(policy: Policy): Policy {
  const thresholds = policy.thresholds.map((rule) =>
    rule.useBound === undefined
      ? rule
      : {
          ...rule,
          confidence: rule.confidence ?? DEFAULT_CONFIDENCE,
          iterations: rule.iterations ?? DEFAULT_ITERATIONS,
        },
  );
  return { ...policy, thresholds };
}

function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function keysOf(schema: unknown): readonly string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
