import { type EffectivePolicy, parsePolicy } from '../../../src/evaluation/policy/parse-policy';
import type { RawPredictions } from '../../../src/evaluation/predictions';

/** A policy text with the given sections below a regression model. */
export function regressionPolicyText(sections: string): string {
  return `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: diabetes, owner: ml-team@contoso.com}
model: {problem: regression, idColumn: id, target: y}
data: {minRows: 5}
${sections}
`;
}

export function regressionPolicy(sections: string): EffectivePolicy {
  return parsePolicy(regressionPolicyText(sections), 'policy.yml');
}

/** A policy of a two-class model. */
export function classificationPolicy(sections: string, model = ''): EffectivePolicy {
  return parsePolicy(
    `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: churn}
model: {problem: classification, idColumn: id, target: y, classes: [0, 1]${model}}
data: {minRows: 5}
${sections}
`,
    'policy.yml',
  );
}

/** Rows as objects to columns; a key that some row lacks is null there. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): RawPredictions {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return {
    rows: rows.length,
    columns: new Map([...names].map((name) => [name, rows.map((row) => row[name] ?? null)])),
  };
}

/** Numbers between 0 and 1 from a seed. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** A holdout on which the challenger's errors are `challengerNoise` and the champion's `championNoise` wide. */
export function regressionRows(count: number, challengerNoise: number, championNoise: number, seed = 1) {
  const next = uniforms(seed);
  return Array.from({ length: count }, (_, row) => {
    const y = next() * 100;
    return {
      id: `row-${row}`,
      y,
      p_challenger: y + (next() - 0.5) * challengerNoise,
      p_champion: y + (next() - 0.5) * championNoise,
      challenger_version: '18',
      champion_version: '17',
    };
  });
}
