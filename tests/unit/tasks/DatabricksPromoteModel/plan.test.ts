import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Aliases,
  leftByRollback,
  type Plan,
  planPromotion,
  planRollback,
} from '../../../../tasks/DatabricksPromoteModel/plan';

const number = fc.integer({ min: 1, max: 6 }).map(String);
const maybe = fc.option(number, { nil: '' });

/** The aliases after the first `count` writes of a plan. */
function written(now: Aliases, plan: Plan, count: number): Aliases {
  let { champion, previous } = now;
  for (const { alias, version } of plan.writes.slice(0, count)) {
    if (alias === 'champion') {
      champion = version;
    } else {
      previous = version;
    }
  }
  return { champion, previous };
}

describe('plan of a promotion', () => {
  it('leads to the same end from every state in between, and is empty at the end', () => {
    fc.assert(
      fc.property(maybe, maybe, number, (champion, previous, version) => {
        fc.pre(champion !== version);
        const now = { champion, previous };
        const plan = planPromotion(now, version, champion);
        assert.deepEqual(plan.after, { champion: version, previous: champion });
        for (let count = 0; count <= plan.writes.length; count++) {
          const between = written(now, plan, count);
          const rest = planPromotion(between, version, champion);
          assert.deepEqual(written(between, rest, rest.writes.length), plan.after);
        }
        assert.deepEqual(planPromotion(plan.after, version, champion).writes, []);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('never lacks a champion, and names the predecessor before the champion moves', () => {
    fc.assert(
      fc.property(number, maybe, number, (champion, previous, version) => {
        fc.pre(champion !== version);
        const now = { champion, previous };
        const plan = planPromotion(now, version, champion);
        for (let count = 0; count <= plan.writes.length; count++) {
          const between = written(now, plan, count);
          assert.notEqual(between.champion, '');
          assert.ok(between.champion !== version || between.previous === champion);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('refuses another champion than the expected one, and a version as its own challenger', () => {
    assert.throws(() => planPromotion({ champion: '3', previous: '' }, '4', '2'), {
      code: 'CHAMPION_CHANGED',
      message: 'The champion is version 3, but version 2 was expected.',
    });
    assert.throws(() => planPromotion({ champion: '', previous: '' }, '4', '2'), { code: 'CHAMPION_CHANGED' });
    assert.throws(() => planPromotion({ champion: '4', previous: '' }, '4', '4'), { code: 'CHALLENGER_IS_CHAMPION' });
  });
});

describe('plan of a rollback', () => {
  it('goes back to previous_champion and leaves nothing to go back to', () => {
    const plan = planRollback({ champion: '2', previous: '1' }, 'previous_champion', []);
    assert.deepEqual(plan.writes, [
      { alias: 'champion', version: '1' },
      { alias: 'previous_champion', version: '' },
    ]);
    assert.equal(plan.leaving, '2');
    assert.deepEqual(planRollback({ champion: '2', previous: '1' }, '1', []), plan);
  });

  it('never names the version that left, whatever the tags say and however often it runs', () => {
    const states = fc.array(
      fc.record({
        version: number,
        state: fc.constantFrom('', 'champion', 'superseded', 'rolled_back', 'registered'),
        changedAt: fc.nat(9),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(number, number, states, fc.nat(2), (champion, previous, tags, count) => {
        fc.pre(champion !== previous);
        const now = { champion, previous };
        const plan = planRollback(now, 'previous_champion', tags);
        let between = written(now, plan, count);
        for (let again = 0; again < 3; again++) {
          try {
            const next = planRollback(between, 'previous_champion', tags);
            between = written(between, next, next.writes.length);
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'NO_ROLLBACK_TARGET');
          }
          assert.ok(count === 0 ? between.champion === previous : between.champion !== champion);
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('has no target when previous_champion is missing or is the champion', () => {
    const missing = { code: 'NO_ROLLBACK_TARGET', message: /names no version/ };
    assert.throws(() => planRollback({ champion: '1', previous: '' }, 'previous_champion', []), missing);
    const same = { code: 'NO_ROLLBACK_TARGET', message: /is the champion itself/ };
    assert.throws(() => planRollback({ champion: '1', previous: '1' }, 'previous_champion', []), same);
    const other = { code: 'NO_ROLLBACK_TARGET', message: /names 1 and not 7/ };
    assert.throws(() => planRollback({ champion: '2', previous: '1' }, '7', []), other);
    assert.throws(() => planRollback({ champion: '', previous: '' }, 'previous_champion', []), {
      code: 'NO_ROLLBACK_TARGET',
    });
  });

  it('knows a rollback that is done by the tags of since then only', () => {
    const state = (version: string, mark: string, changedAt: number) => ({ version, state: mark, changedAt });
    assert.equal(leftByRollback('1', [state('1', 'champion', 5), state('2', 'rolled_back', 5)]), '2');
    // A rollback of long ago, then another promotion.
    assert.equal(leftByRollback('3', [state('3', 'champion', 9), state('2', 'rolled_back', 5)]), undefined);
    // Died before its tags: promotion had tagged both.
    assert.equal(leftByRollback('1', [state('1', 'superseded', 4), state('2', 'champion', 4)]), '2');
    assert.equal(leftByRollback('1', [state('1', '', 0), state('2', 'rolled_back', 5)]), undefined);
    assert.equal(leftByRollback('1', []), undefined);
  });
});
