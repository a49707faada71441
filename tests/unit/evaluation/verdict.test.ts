import assert from 'node:assert/strict';
import type { ChampionRules, Policy } from '../../../src/evaluation/policy/schema';
import type { CheckResult, CheckVerdict, NextAction, Verdict } from '../../../src/evaluation/report-types';
import { failedChecks, outcomeOf, summaryOf, verdictOf } from '../../../src/evaluation/verdict';

const check = (
  verdict: CheckVerdict,
  severity: CheckResult['severity'] = 'block',
  id = `${verdict}.${severity}`,
): CheckResult => ({
  id,
  category: 'threshold',
  severity,
  verdict,
  message: '',
});

describe('verdictOf', () => {
  const verdicts: readonly CheckVerdict[] = ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR', 'SKIPPED'];
  const severities = ['block', 'warn', 'info'] as const;
  const all = severities.flatMap((severity) => verdicts.map((verdict) => check(verdict, severity)));

  it('is decided by the worst check that counts, for every set of checks', () => {
    for (let set = 0; set < 1 << all.length; set += 1) {
      const checks = all.filter((_, index) => (set >> index) & 1);
      const has = (verdict: CheckVerdict, ...among: string[]) =>
        checks.some((one) => one.verdict === verdict && among.includes(one.severity));
      const expected = has('ERROR', 'block', 'warn')
        ? 'ERROR'
        : has('FAIL', 'block')
          ? 'FAIL'
          : has('INCONCLUSIVE', 'block')
            ? 'INCONCLUSIVE'
            : 'PASS';
      if (
        verdictOf(checks, false) !== expected ||
        verdictOf(checks, true) !== (expected === 'PASS' ? 'INCONCLUSIVE' : expected)
      ) {
        assert.fail(`${checks.map((one) => one.id).join(', ')} gives ${verdictOf(checks, false)}`);
      }
    }
  });

  it('names the checks that made it so and counts all', () => {
    assert.deepEqual(failedChecks(all), ['FAIL.block', 'ERROR.block', 'ERROR.warn']);
    assert.deepEqual(summaryOf(all), { pass: 3, fail: 3, inconclusive: 3, error: 3, skipped: 3, warn: 6 });
  });
});

describe('outcomeOf', () => {
  type OnInconclusive = ChampionRules['onInconclusive'];
  const policyWith = (
    onInconclusive: OnInconclusive,
    approval: Policy['approval'],
    onMissing: ChampionRules['onMissing'] = 'thresholdsOnly',
  ) => ({
    champion: { onInconclusive, onMissing } as ChampionRules,
    approval,
  });
  const outcome = (
    policy: Pick<Policy, 'approval' | 'champion'>,
    verdict: Verdict,
    more: { partial?: boolean; firstModel?: boolean; catalog?: string } = {},
  ) =>
    outcomeOf(policy, {
      verdict,
      partial: more.partial ?? false,
      firstModel: more.firstModel ?? false,
      catalog: more.catalog ?? 'prod',
    });

  const always: Policy['approval'] = { when: ['always'] };
  const elsewhere: Policy['approval'] = { when: ['always'], catalogs: ['other'] };
  const table: readonly [Verdict, OnInconclusive, Policy['approval'], NextAction, boolean][] = [
    ['PASS', 'manual', undefined, 'promote', false],
    ['PASS', 'manual', always, 'approve', true],
    ['PASS', 'manual', elsewhere, 'promote', false],
    ['PASS', 'manual', { when: ['INCONCLUSIVE'] }, 'promote', false],
    ['PASS', 'manual', { when: ['firstModel'] }, 'promote', false],
    ['FAIL', 'pass', always, 'reject', true],
    ['FAIL', 'manual', undefined, 'reject', false],
    ['ERROR', 'pass', always, 'retry', true],
    ['ERROR', 'fail', undefined, 'retry', false],
    ['INCONCLUSIVE', 'fail', undefined, 'reject', false],
    ['INCONCLUSIVE', 'fail', always, 'reject', true],
    ['INCONCLUSIVE', 'pass', undefined, 'promote', false],
    ['INCONCLUSIVE', 'pass', always, 'approve', true],
    ['INCONCLUSIVE', 'pass', { when: ['INCONCLUSIVE'] }, 'approve', true],
    ['INCONCLUSIVE', 'pass', { when: ['firstModel'] }, 'promote', false],
    ['INCONCLUSIVE', 'manual', undefined, 'approve', true],
    ['INCONCLUSIVE', 'manual', { when: ['firstModel'] }, 'approve', true],
    ['INCONCLUSIVE', 'manual', { when: ['firstModel'], catalogs: ['prod'] }, 'approve', true],
    ['INCONCLUSIVE', 'manual', { when: ['firstModel'], catalogs: ['other'] }, 'promote', false],
  ];
  for (const [verdict, onInconclusive, approval, nextAction, approvalRequired] of table) {
    it(`${verdict}, onInconclusive ${onInconclusive}, approval ${JSON.stringify(approval) ?? 'none'} → ${nextAction}`, () => {
      const result = outcome(policyWith(onInconclusive, approval), verdict);
      assert.deepEqual([result.nextAction, result.approvalRequired], [nextAction, approvalRequired]);
    });
  }

  it('is what the contract says, for every verdict, policy and situation', () => {
    const approvals: readonly Policy['approval'][] = [
      undefined,
      ...(['always', 'firstModel', 'INCONCLUSIVE'] as const).flatMap((when) => [
        { when: [when] },
        { when: [when], catalogs: ['prod'] },
        { when: [when], catalogs: ['other'] },
      ]),
    ];
    let cases = 0;
    for (const verdict of ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR'] as const) {
      for (const onInconclusive of ['fail', 'pass', 'manual'] as const) {
        for (const onMissing of ['thresholdsOnly', 'manual', 'fail'] as const) {
          for (const approval of approvals) {
            for (const firstModel of [true, false]) {
              for (const partial of [true, false]) {
                const result = outcome(policyWith(onInconclusive, approval, onMissing), verdict, {
                  firstModel,
                  partial,
                });
                const binds = approval?.catalogs === undefined || approval.catalogs.includes('prod');
                const open = verdict === 'INCONCLUSIVE' && !partial;
                const wanted =
                  (approval?.when.includes('always') ?? false) ||
                  (firstModel && ((approval?.when.includes('firstModel') ?? false) || onMissing === 'manual')) ||
                  (open && ((approval?.when.includes('INCONCLUSIVE') ?? false) || onInconclusive === 'manual'));
                const goesOn = binds && wanted ? 'approve' : 'promote';
                const expected: Record<Verdict, NextAction> = {
                  ERROR: 'retry',
                  FAIL: 'reject',
                  INCONCLUSIVE: onInconclusive === 'fail' ? 'reject' : goesOn,
                  PASS: goesOn,
                };
                assert.deepEqual(
                  [result.nextAction, result.approvalRequired, result.notes.length > 0],
                  [partial ? 'retry' : expected[verdict], binds && wanted, wanted && !binds],
                  JSON.stringify({ verdict, onInconclusive, onMissing, approval, firstModel, partial }),
                );
                cases += 1;
              }
            }
          }
        }
      }
    }
    assert.equal(cases, 4 * 3 * 3 * 10 * 2 * 2);
  });

  it('never promotes a partial report', () => {
    for (const verdict of ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR'] as const) {
      assert.equal(outcome(policyWith('pass', undefined), verdict, { partial: true }).nextAction, 'retry');
    }
  });

  it('asks for a person about the first model where the policy says so', () => {
    assert.equal(
      outcome(policyWith('fail', { when: ['firstModel'] }), 'PASS', { firstModel: true }).nextAction,
      'approve',
    );
    assert.equal(outcome(policyWith('fail', undefined, 'manual'), 'PASS', { firstModel: true }).nextAction, 'approve');
    assert.equal(outcome(policyWith('fail', undefined), 'PASS', { firstModel: true }).nextAction, 'promote');
  });

  it('notes a demand that does not bind in this catalog', () => {
    const result = outcome(policyWith('fail', { when: ['always'], catalogs: ['prod'] }), 'PASS', {
      catalog: 'staging',
    });
    assert.deepEqual(result.notes, [
      'The policy wants an approval always, but approvals do not bind in catalog staging.',
    ]);
    assert.equal(
      outcomeOf(policyWith('fail', elsewhere), {
        verdict: 'PASS',
        partial: false,
        firstModel: false,
        catalog: undefined,
      }).nextAction,
      'approve',
    );
  });
});
