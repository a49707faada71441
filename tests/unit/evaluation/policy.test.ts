import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lintPolicy, parsePolicy } from '../../../src/evaluation/policy/parse-policy';
import { describeProblem, PolicyInvalid } from '../../../src/evaluation/policy/problem';
import { policyTextIsReadOrRefused } from '../../properties/policy-text';
import { regressionPolicyText } from './sample-policy';

const BAR = 'thresholds: [{metric: rmse, direction: lower, max: 65}]';
/** A value that looks like a variable. */
const REFERENCE = `${'$'}{other}: [1]`;
const problemsOf = (text: string, variables = {}) =>
  lintPolicy(text, 'policy.yml', variables).problems.map(describeProblem);

/** A section of an otherwise good policy, and the one problem that it must give. */
const BAD_SECTIONS: readonly [string, string][] = [
  [
    `slices: {columns: [sex]}\n${BAR}`,
    'policy.yml:6:1: The key slices in the policy is not supported by this version. Remove it, or use a version of the extension that judges it.',
  ],
  [`treshholds: []\n${BAR}`, 'policy.yml:6:1: The key "treshholds" is unknown in the policy. Did you mean thresholds?'],
  [
    'thresholds: [{metric: rmse, direction: lower}]',
    'policy.yml:6:14: thresholds[0].max is missing. Add it as a number.',
  ],
  [
    'thresholds: [{metric: rmse, direction: lower, max: high}]',
    'policy.yml:6:52: thresholds[0].max must be a number, not "high". Write a number there.',
  ],
  [
    'thresholds: [{metric: rmse, direction: lower, max: .nan}]',
    'policy.yml:6:52: thresholds[0].max must be a number, not NaN. Write a number there.',
  ],
  [
    'thresholds: [{metric: rsme, direction: lower, max: 1}]',
    'policy.yml:6:23: thresholds[0].metric cannot be "rsme". Did you mean rmse? Allowed: rmse, mse, mae, r2, mean_signed_error, accuracy, f1, log_loss.',
  ],
  [
    'thresholds: [{metric: accuracy, direction: higher, min: 0.9}]',
    'policy.yml:6:23: accuracy is no metric of a regression model. Use one of rmse, mse, mae, r2, mean_signed_error.',
  ],
  [
    'thresholds: [{metric: rmse, direction: higher, min: 1}]',
    'policy.yml:6:40: The direction of rmse is lower, not higher. Write direction: lower.',
  ],
  [
    'thresholds: [{metric: rmse, direction: lower, max: -1}]',
    'policy.yml:6:52: rmse can never reach max: -1. rmse lies at or above 0.',
  ],
  [
    'thresholds: [{metric: r2, direction: higher, min: 1.5}]',
    'policy.yml:6:51: r2 can never reach min: 1.5. r2 lies at or below 1.',
  ],
  [
    'thresholds: [{metric: r2, direction: higher, min: 0.3, confidence: 0.9}]',
    'policy.yml:6:68: confidence has no effect without useBound. Add useBound, or remove confidence.',
  ],
  [
    `${BAR}\ncompliance: [{id: threshold.rmse, check: description}]`,
    'policy.yml:6:14: Two checks have the id threshold.rmse. Give this one an id of its own.',
  ],
  [
    `${BAR}\ncompliance: [{id: t, check: tags, required: {owner: "("}}]`,
    'policy.yml:7:53: The pattern of tag owner is no regular expression: Invalid regular expression: /^(?:()$/u: Unterminated group. Correct the pattern; it must match the whole value.',
  ],
  [
    `${BAR}\ncompliance: [{id: t, check: licence}]`,
    'policy.yml:7:29: compliance[0].check cannot be "licence". Write one of description, signature, tags.',
  ],
  [
    `${BAR}\ncompliance: []\ncompliance: []`,
    'policy.yml:8:1: The YAML cannot be read: Map keys must be unique. Correct the YAML there.',
  ],
  [
    `${BAR}\napproval: {when: [riskTier]}`,
    'policy.yml:7:19: approval.when[0] cannot be "riskTier". Write one of firstModel, INCONCLUSIVE, always.',
  ],
  [
    'champion: {primary: {metric: rmse, hypothesis: superior, minImprovement: -1}}',
    'policy.yml:6:74: champion.primary.minImprovement is too small: -1. It must be at least 0.',
  ],
  [
    'champion: {primary: {metric: rmse, hypothesis: nonInferior}}',
    'policy.yml:6:12: champion.primary.margin is missing. Add it as a number.',
  ],
  [
    'champion: {primary: {metric: rmse, hypothesis: superior, method: bca}}',
    'policy.yml:6:66: champion.primary.method cannot be "bca". Write percentile.',
  ],
  [
    'champion: {primary: {metric: mean_signed_error, hypothesis: superior}}',
    'policy.yml:6:30: mean_signed_error has no better direction, so two models cannot be compared by it. Use it under thresholds, with maxAbs.',
  ],
  [
    'champion: {primary: {metric: rmse, hypothesis: superior, iterations: 100, confidence: 0.99}}',
    'policy.yml:6:12: 100 iterations are too few for a confidence of 0.99. Ask for at least 400 iterations or a lower confidence.',
  ],
  [
    '',
    'policy.yml:1:1: The policy has neither thresholds nor a champion comparison, so every model would pass. Add thresholds or champion.',
  ],
];

describe('parsePolicy', () => {
  for (const [section, problem] of BAD_SECTIONS) {
    it(`refuses ${JSON.stringify(section.split('\n')[0])}`, () => {
      assert.deepEqual(problemsOf(regressionPolicyText(section)), [problem]);
    });
  }

  it('names impossible margins of bounded metrics', () => {
    const text = `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: m}
model: {problem: classification, idColumn: id, target: y, classes: [0, 1, "1"], threshold: 0.5}
champion:
  primary: {metric: f1, hypothesis: superior, minImprovement: 1}
  guardrails: [{metric: accuracy, margin: 1}]
`;
    assert.deepEqual(problemsOf(text), [
      'policy.yml:4:75: The class "1" stands twice in model.classes. Name each class once.',
      'policy.yml:4:92: A threshold makes labels only where there are two classes. Remove model.threshold, or name two classes.',
      'policy.yml:6:63: minImprovement: 1 is impossible for f1: no model can ever improve by that much. f1 lies between 0 and 1.',
      'policy.yml:7:43: margin: 1 is impossible for accuracy: every model would pass. accuracy lies between 0 and 1.',
    ]);
  });

  it('lists all problems at once, in the order of the file', () => {
    const text = regressionPolicyText(
      'thresholds: [{metric: rmse, max: 1}, {metric: mae, direction: lower, max: a, sverity: warn}]',
    ).replace('owner:', 'ownr:');
    assert.deepEqual(
      lintPolicy(text, 'p.yml').problems.map(({ line, column }) => [line, column]),
      [
        [3, 28],
        [6, 14],
        [6, 75],
        [6, 78],
      ],
    );
    assert.throws(
      () => parsePolicy(text, 'p.yml'),
      (error) =>
        error instanceof PolicyInvalid &&
        error.code === 'POLICY_INVALID' &&
        error.message === 'The policy has 4 problems.',
    );
  });

  it('writes out defaults, so that the digest covers what is judged by', () => {
    const short = parsePolicy(
      regressionPolicyText('champion: {primary: {metric: rmse, hypothesis: superior}}'),
      'p.yml',
    );
    const long = parsePolicy(
      regressionPolicyText(
        'champion: {onMissing: thresholdsOnly, primary: {metric: rmse, test: pairedBootstrap, hypothesis: superior, minImprovement: 0, confidence: 0.95, iterations: 5000, method: percentile}, onInconclusive: manual}',
      ),
      'p.yml',
    );
    assert.equal(short.sha256, long.sha256);
    assert.notEqual(short.fileSha256, long.fileSha256);
    assert.deepEqual(short.policy.model.columns, { challenger: 'p_challenger', champion: 'p_champion' });
  });

  it('replaces variables in values only, once, and says which are missing', () => {
    const text = regressionPolicyText(
      `${BAR}\napproval: {when: [always], environment: "e-\${catalog}-$\${x}", catalogs: ["\${catalog}"]}`,
    );
    const { policy } = parsePolicy(text, 'p.yml', { catalog: REFERENCE });
    assert.deepEqual(policy.approval, {
      when: ['always'],
      environment: `e-${REFERENCE}-${'$'}{x}`,
      catalogs: [REFERENCE],
    });
    assert.deepEqual(problemsOf(text), [
      'policy.yml:7:41: The policy variable catalog is not defined. Add catalog=… to the input policyVariables. No variables are given.',
      'policy.yml:7:74: The policy variable catalog is not defined. Add catalog=… to the input policyVariables. No variables are given.',
    ]);
    assert.match(
      problemsOf(regressionPolicyText(BAR).replace('diabetes', `"${'$'}{toString}"`))[0] ?? '',
      /variable toString is not defined/,
    );
    assert.match(
      problemsOf(regressionPolicyText(BAR).replace('diabetes', `"${'$'}{a b"`))[0] ?? '',
      /is not a policy variable/,
    );
  });

  it('takes a variable that stands alone where a number belongs for that number, and for a text elsewhere', () => {
    const text = regressionPolicyText(
      `thresholds:\n  - metric: rmse\n    direction: lower\n    max: \${bar}\n    id: "\${bar}"`,
    ).replace('minRows: 5', `minRows: "\${rows}"`);
    const { policy } = parsePolicy(text, 'p.yml', { bar: '0.7', rows: '40' });
    assert.deepEqual(policy.thresholds, [
      { metric: 'rmse', direction: 'lower', max: 0.7, id: '0.7', severity: 'block' },
    ]);
    assert.equal(policy.data.minRows, 40);
    for (const [bar, problem] of [
      ['high', 'policy.yml:9:10: thresholds[0].max must be a number, not "high". Write a number there.'],
      ['0x10', 'policy.yml:9:10: thresholds[0].max must be a number, not "0x10". Write a number there.'],
      ['-1', 'policy.yml:9:10: rmse can never reach max: -1. rmse lies at or above 0.'],
    ]) {
      const written = text.replace(`id: "\${bar}"`, 'id: a');
      assert.deepEqual(problemsOf(written, { bar, rows: '40' }), [problem]);
    }
    assert.deepEqual(problemsOf(regressionPolicyText(BAR.replace('65', '"65"'))), [
      'policy.yml:6:52: thresholds[0].max must be a number, not "65". Write a number there.',
    ]);
  });

  it('says of a variable without quotes inside braces what to do, and no more', () => {
    assert.deepEqual(problemsOf(regressionPolicyText(BAR.replace('65', `\${bar}`))).length, 1);
    assert.match(
      problemsOf(regressionPolicyText(BAR.replace('65', `\${bar}`)))[0] ?? '',
      /policy\.yml:6:\d+: The YAML cannot be read: .+ Inside \{ \} and \[ \] a variable needs quotes: "\$\{name\}"\.$/,
    );
  });

  it('reads anchors and refuses a flood of aliases', () => {
    const anchored = regressionPolicyText(
      'thresholds: [&bar {metric: rmse, direction: lower, max: 1}, {metric: mae, direction: lower, max: 2}]',
    );
    assert.deepEqual(problemsOf(anchored), []);
    const flood = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(9)}]`),
    ].join('\n');
    assert.match(problemsOf(flood)[0] ?? '', /aliases cannot be resolved/);
  });

  it('points at the shared text behind an alias', () => {
    const text = regressionPolicyText(
      'thresholds: [{metric: rmse, direction: lower, max: 1, id: &x "not well"}, {metric: mae, direction: lower, max: 1, id: *x}]',
    );
    assert.equal(lintPolicy(text, 'p.yml').problems.length, 2);
  });

  it('accepts versionColumns: none only under preset minimal', () => {
    const text = regressionPolicyText(BAR).replace('target: y', 'target: y, versionColumns: none');
    assert.match(problemsOf(text)[0] ?? '', /^policy.yml:4:71: versionColumns: none .* preset minimal/);
    assert.deepEqual(problemsOf(text.replace('owner:', 'preset: minimal, owner:')), []);
  });

  it('answers any text with a policy or with problems, never with an exception', () => {
    fc.assert(policyTextIsReadOrRefused, { seed: 11, numRuns: 10_000 });
  });
});
