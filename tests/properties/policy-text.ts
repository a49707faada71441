import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lintPolicy } from '../../src/evaluation/policy/parse-policy';

/** Pieces of YAML and of policies, so that what is put together is often nearly a policy. */
const PIECES = [
  'thresholds',
  'champion',
  'compliance',
  'model',
  'metric',
  'rmse',
  'direction: lower',
  'max: 1',
  'primary',
  ': ',
  ', ',
  '{',
  '}',
  '[',
  ']',
  '- ',
  '\n',
  '  ',
  '&a ',
  '*a',
  '!!js ',
  '"',
  "'",
  '|',
  '>',
  '1e999',
  '.nan',
  '-0',
  '0x1F',
  '2001-01-01',
  '$' + '{',
  '$' + '{catalog}',
  'null',
  '~',
  '__proto__',
  'constructor',
  '#',
  '%YAML 9',
  '---\n',
  '\t',
  '<<: ',
  '? ',
  '\u0000',
  '\ud800',
];

const HEAD = `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: diabetes}
model: {problem: regression, idColumn: id, target: y}
`;

/** Whatever stands in a policy file, there is a policy or there are problems, each with a place and two sentences; nothing else happens. */
export const policyTextIsReadOrRefused = fc.property(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join('')),
  ),
  (text) => {
    for (const source of [text, HEAD + text]) {
      const { policy, problems } = lintPolicy(source, 'policy.yml', { catalog: 'prod' });
      assert.equal(policy === undefined, problems.length > 0);
      for (const { line, column, what, todo } of problems) {
        assert.ok(line >= 1 && column >= 1);
        assert.match(what, /\.$/);
        assert.notEqual(todo, '');
      }
    }
  },
);
