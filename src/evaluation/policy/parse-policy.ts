import { createHash } from 'node:crypto';
import { canonicalJson } from '../../canonical-json';
import { parseShape } from './parse-shape';
import { type PolicyText, readPolicyText } from './policy-text';
import { PolicyInvalid, type PolicyProblem } from './problem';
import { checkRules } from './rules';
import { DEFAULT_CONFIDENCE, DEFAULT_ITERATIONS, type Policy, policySchema } from './schema';
import { POLICY } from './sentences';

/** A policy that can be judged by. */
export interface EffectivePolicy {
  /** After substitution, with every default written out. */
  readonly policy: Policy;
  /** SHA-256, hex, over the canonical JSON of {@link policy}. */
  readonly sha256: string;
  /** SHA-256, hex, over the file's text as it was read. */
  readonly fileSha256: string;
}

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
  const { value, problems } = parseShape(policySchema, source, POLICY);
  return { policy: value === undefined ? undefined : withBoundDefaults(value), problems };
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

function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
