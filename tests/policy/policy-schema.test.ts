import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { promotionPolicySchemaText } from '../../src/evaluation/policy/json-schema';
import { lintPolicy } from '../../src/evaluation/policy/parse-policy';
import { describeProblem } from '../../src/evaluation/policy/problem';
import { BAD_RULES, BAD_SHAPE, GOOD } from './examples';

const root = join(__dirname, '..', '..');
const published = JSON.parse(readFileSync(join(root, 'templates', 'schemas', 'promotion-policy.schema.json'), 'utf8'));
const bySchema = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  useDefaults: false,
}).compile(published);
const byParser = (text: string) => lintPolicy(text, 'policy.yml').problems.map(describeProblem);

describe('the published schema of promotion policies', () => {
  it('is what the parser checks by (node --import tsx scripts/schemas.mjs writes it)', () => {
    assert.deepEqual(published, JSON.parse(promotionPolicySchemaText()));
  });

  for (const [name, text] of Object.entries(GOOD)) {
    it(`accepts with the parser: ${name}`, () => {
      assert.deepEqual(byParser(text), []);
      assert.ok(bySchema(parse(text)), JSON.stringify(bySchema.errors));
    });
  }

  for (const [name, text] of Object.entries(BAD_SHAPE)) {
    it(`refuses with the parser: ${name}`, () => {
      assert.equal(bySchema(parse(text)), false);
      const problems = byParser(text);
      assert.equal(problems.length > 0, true);
      assert.ok(
        problems.every((problem) => /^policy\.yml:\d+:\d+: .*\. .*[.?]$/.test(problem)),
        problems.join('\n'),
      );
    });
  }

  for (const [name, text] of Object.entries(BAD_RULES)) {
    it(`leaves to the parser: ${name}`, () => {
      assert.ok(bySchema(parse(text)), JSON.stringify(bySchema.errors));
      assert.equal(byParser(text).length, 1, byParser(text).join('\n'));
    });
  }

  for (const file of ['samples/diabetes/mlops/promotion-policy.yml', 'docs/examples/classification-policy.yml']) {
    it(`accepts ${file}`, () => {
      const text = readFileSync(join(root, file), 'utf8');
      assert.deepEqual(byParser(text), []);
      assert.ok(bySchema(parse(text)), JSON.stringify(bySchema.errors));
    });
  }
});
