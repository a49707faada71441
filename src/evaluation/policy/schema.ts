import * as z from 'zod/mini';

/**
 * The shape of a promotion policy. The published JSON Schema (`templates/schemas/promotion-policy.schema.json`) is generated from it, so the editor's
 * squiggles and the task's errors cannot disagree; what a schema cannot express stands in `rules.ts`.
 */

/** Metrics by kind of problem; which direction is better follows from the metric. */
export const REGRESSION_METRICS = ['rmse', 'mse', 'mae', 'r2', 'mean_signed_error'] as const;
export const CLASSIFICATION_METRICS = ['accuracy', 'f1', 'log_loss'] as const;

export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_ITERATIONS = 5_000;

const text = () => z.string().check(z.minLength(1));
const checkId = () => z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/));
const severity = () => z._default(z.enum(['block', 'warn', 'info']), 'block');
const metric = () => z.enum([...REGRESSION_METRICS, ...CLASSIFICATION_METRICS]);
const confidence = () => z.number().check(z.gt(0.5), z.lt(1));
const iterations = () => z._default(z.int().check(z.gte(100), z.lte(100_000)), DEFAULT_ITERATIONS);

const versionColumns = () =>
  z._default(
    z.union([
      z.literal('none'),
      z.strictObject({
        challenger: z._default(text(), 'challenger_version'),
        champion: z._default(text(), 'champion_version'),
      }),
    ]),
    { challenger: 'challenger_version', champion: 'champion_version' },
  );

const columnPair = (challenger: string, champion: string) =>
  z._default(z.strictObject({ challenger: z._default(text(), challenger), champion: z._default(text(), champion) }), {
    challenger,
    champion,
  });

const modelColumns = {
  idColumn: text(),
  target: text(),
  columns: columnPair('p_challenger', 'p_champion'),
  weightColumn: z._default(text(), 'none'),
  versionColumns: versionColumns(),
};

const regressionModel = z.strictObject({ problem: z.literal('regression'), ...modelColumns });

const classificationModel = z.strictObject({
  problem: z.literal('classification'),
  ...modelColumns,
  probaColumns: columnPair('proba_challenger', 'proba_champion'),
  classes: z.array(z.union([z.string(), z.number(), z.boolean()])).check(z.minLength(2), z.maxLength(200)),
  threshold: z.optional(z.number().check(z.gt(0), z.lt(1))),
});

const descriptionCheck = z.strictObject({
  id: checkId(),
  check: z.literal('description'),
  minLength: z._default(z.int().check(z.gte(1)), 1),
  severity: severity(),
});
const signatureCheck = z.strictObject({
  id: checkId(),
  check: z.literal('signature'),
  require: z._default(z.array(z.enum(['inputs', 'outputs'])).check(z.minLength(1)), ['inputs', 'outputs']),
  severity: severity(),
});
const tagsCheck = z.strictObject({
  id: checkId(),
  check: z.literal('tags'),
  required: z.record(z.string().check(z.minLength(1)), z.string().check(z.minLength(1))),
  severity: severity(),
});

const thresholdBase = {
  id: z.optional(checkId()),
  metric: metric(),
  severity: severity(),
  confidence: z.optional(confidence()),
  iterations: z.optional(z.int().check(z.gte(100), z.lte(100_000))),
};
const threshold = z.discriminatedUnion('direction', [
  z.strictObject({
    ...thresholdBase,
    direction: z.literal('lower'),
    max: z.number(),
    useBound: z.optional(z.literal('upper')),
  }),
  z.strictObject({
    ...thresholdBase,
    direction: z.literal('higher'),
    min: z.number(),
    useBound: z.optional(z.literal('lower')),
  }),
  z.strictObject({
    ...thresholdBase,
    direction: z.literal('zero'),
    maxAbs: z.number().check(z.gte(0)),
    useBound: z.optional(z.literal('both')),
  }),
]);

const comparisonBase = {
  id: z.optional(checkId()),
  metric: metric(),
  test: z._default(z.literal('pairedBootstrap'), 'pairedBootstrap'),
  confidence: z._default(confidence(), DEFAULT_CONFIDENCE),
  iterations: iterations(),
  method: z._default(z.literal('percentile'), 'percentile'),
};
const superior = z.strictObject({
  ...comparisonBase,
  hypothesis: z.literal('superior'),
  minImprovement: z._default(z.number().check(z.gte(0)), 0),
});
const nonInferior = z.strictObject({
  ...comparisonBase,
  hypothesis: z.literal('nonInferior'),
  margin: z.number().check(z.gte(0)),
});
const guardrail = z.strictObject({
  ...comparisonBase,
  hypothesis: z._default(z.literal('nonInferior'), 'nonInferior'),
  margin: z.number().check(z.gte(0)),
  severity: severity(),
});

export const policySchema = z.strictObject({
  apiVersion: z.literal('databricks-mlops/v1'),
  kind: z.literal('PromotionPolicy'),
  metadata: z.strictObject({ name: text(), owner: z.optional(text()), preset: z.optional(z.literal('minimal')) }),
  model: z.discriminatedUnion('problem', [regressionModel, classificationModel]),
  data: z._default(z.strictObject({ minRows: z._default(z.int().check(z.gte(2)), 30) }), { minRows: 30 }),
  compliance: z._default(z.array(z.discriminatedUnion('check', [descriptionCheck, signatureCheck, tagsCheck])), []),
  thresholds: z._default(z.array(threshold), []),
  champion: z.optional(
    z.strictObject({
      onMissing: z._default(z.enum(['thresholdsOnly', 'manual', 'fail']), 'thresholdsOnly'),
      onError: z._default(z.literal('fail'), 'fail'),
      primary: z.discriminatedUnion('hypothesis', [superior, nonInferior]),
      guardrails: z._default(z.array(guardrail), []),
      onInconclusive: z._default(z.enum(['manual', 'pass', 'fail']), 'manual'),
    }),
  ),
  approval: z.optional(
    z.strictObject({
      when: z.array(z.enum(['firstModel', 'INCONCLUSIVE', 'always'])).check(z.minLength(1)),
      environment: z.optional(text()),
      catalogs: z.optional(z.array(text()).check(z.minLength(1))),
    }),
  ),
});

/** A policy as its author may write it. */
export type PolicyInput = z.input<typeof policySchema>;
/** A policy with every default written out: what is judged by, and what the report's policy digest covers. */
export type Policy = z.output<typeof policySchema>;
export type PolicyModel = Policy['model'];
export type ClassificationModel = Extract<PolicyModel, { problem: 'classification' }>;
export type MetricName = Policy['thresholds'][number]['metric'];
export type Threshold = Policy['thresholds'][number];
export type ComplianceRule = Policy['compliance'][number];
export type ChampionRules = NonNullable<Policy['champion']>;
export type PrimaryRule = ChampionRules['primary'];
export type GuardrailRule = ChampionRules['guardrails'][number];
export type Severity = 'block' | 'warn' | 'info';
