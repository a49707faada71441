import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckResult, PromotionReport } from '../../../src/evaluation/report-types';
import { escapeXml, junitXml } from '../../../src/report/junit';
import { sampleReport } from './sample-report';
import { readXml } from './xml-reader';

const { report } = sampleReport();
const withChecks = (checks: readonly CheckResult[], name = 'policy'): PromotionReport => ({
  ...report,
  checks,
  policy: { ...report.policy, name },
});
const check = (changes: Partial<CheckResult>): CheckResult => ({
  id: 'a',
  category: 'data',
  severity: 'block',
  verdict: 'PASS',
  message: 'm',
  ...changes,
});

describe('junitXml', () => {
  it('makes each check a test case; only what blocks is red', () => {
    const xml = junitXml(
      withChecks([
        check({ id: 'passes' }),
        check({ id: 'fails', verdict: 'FAIL' }),
        check({ id: 'open', verdict: 'INCONCLUSIVE' }),
        check({ id: 'warns', verdict: 'FAIL', severity: 'warn' }),
        check({ id: 'broken', verdict: 'ERROR', code: 'MISSING_COLUMN' }),
        check({ id: 'broken-warning', verdict: 'ERROR', severity: 'warn', code: 'METRIC_UNDEFINED' }),
        check({ id: 'skipped', verdict: 'SKIPPED' }),
      ]),
    );
    const suite = readXml(xml).children[0];
    assert.deepEqual(
      [suite?.attributes.tests, suite?.attributes.failures, suite?.attributes.errors, suite?.attributes.skipped],
      ['7', '2', '2', '2'],
    );
    assert.deepEqual(
      suite?.children.map((testcase) => [testcase.attributes.name, testcase.children[0]?.name]),
      [
        ['passes', 'system-out'],
        ['fails', 'failure'],
        ['open', 'failure'],
        ['warns', 'skipped'],
        ['broken', 'error'],
        ['broken-warning', 'error'],
        ['skipped', 'skipped'],
      ],
    );
  });

  it('is well-formed and says the same for any text', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ']]>',
        '<!--',
        '"><script>',
        '&#0;',
        '\u0000\u0001',
        '\ud800',
        '\uffff',
        '##vso[task.complete]',
        '\r\n\t',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (id, message, name) => {
        const root = readXml(junitXml(withChecks([check({ id, message, verdict: 'FAIL' })], name)));
        const testcase = root.children[0]?.children[0];
        const kept = (text: string) =>
          text.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\ufffd').replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd');
        assert.equal(testcase?.attributes.name, kept(id));
        assert.equal(testcase?.attributes.classname, `${kept(name)}.data`);
        assert.equal(testcase?.children[0]?.attributes.message, `FAIL: ${kept(message)}`);
      }),
      { seed: 51, numRuns: 2_000 },
    );
  });

  it('escapes what XML cannot hold', () => {
    assert.equal(escapeXml('a\u0000<&>"\'\n'), 'a\ufffd&lt;&amp;&gt;&quot;&apos;&#10;');
  });
});
