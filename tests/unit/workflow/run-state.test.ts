import assert from 'node:assert/strict';
import fc from 'fast-check';
import { standingOf } from '../../../src/workflow/run-state';

const v1 = (life_cycle_state: string, result_state?: string) =>
  standingOf({ state: { life_cycle_state, ...(result_state === undefined ? {} : { result_state }) } });
const v2 = (state: string, code?: string, type?: string) =>
  standingOf({
    status: {
      state,
      termination_details: { ...(code === undefined ? {} : { code }), ...(type === undefined ? {} : { type }) },
    },
  });
const result = (standing: ReturnType<typeof standingOf>) =>
  standing.active ? `active ${standing.label}` : standing.result;

describe('standing of a run', () => {
  for (const [life, state, expected] of [
    ['QUEUED', undefined, 'active QUEUED'],
    ['PENDING', undefined, 'active PENDING'],
    ['RUNNING', undefined, 'active RUNNING'],
    ['TERMINATING', undefined, 'active TERMINATING'],
    ['WAITING_FOR_RETRY', undefined, 'active WAITING_FOR_RETRY'],
    ['TERMINATED', 'SUCCESS', 'SUCCESS'],
    ['TERMINATED', 'TIMEDOUT', 'TIMEDOUT'],
    ['TERMINATED', 'SUCCESS_WITH_FAILURES', 'SUCCESS_WITH_FAILURES'],
    ['TERMINATED', undefined, 'UNKNOWN'],
    ['TERMINATED', 'SOMETHING_NEW', 'UNKNOWN'],
    ['SKIPPED', undefined, 'SKIPPED'],
    ['SKIPPED', 'SUCCESS', 'SKIPPED'],
    ['SKIPPED', 'EXCLUDED', 'EXCLUDED'],
    ['SKIPPED', 'UPSTREAM_CANCELED', 'UPSTREAM_CANCELED'],
    ['SKIPPED', 'SOMETHING_NEW', 'UNKNOWN'],
    ['INTERNAL_ERROR', 'SUCCESS', 'INTERNAL_ERROR'],
    ['SOMETHING_NEW', undefined, 'active SOMETHING_NEW'],
  ] as const) {
    it(`state ${life}/${state ?? ''} is ${expected}`, () => assert.equal(result(v1(life, state)), expected));
  }

  for (const [state, code, type, expected] of [
    ['RUNNING', undefined, undefined, 'active RUNNING'],
    ['BLOCKED', undefined, undefined, 'active BLOCKED'],
    ['TERMINATED', 'SUCCESS', 'SUCCESS', 'SUCCESS'],
    ['TERMINATED', 'USER_CANCELED', 'SUCCESS', 'CANCELED'],
    ['TERMINATED', 'RUN_EXECUTION_ERROR', 'CLIENT_ERROR', 'FAILED'],
    ['TERMINATED', 'SOMETHING_NEW', 'SUCCESS', 'UNKNOWN'],
    ['TERMINATED', undefined, undefined, 'UNKNOWN'],
  ] as const) {
    it(`status ${state}/${code ?? ''} is ${expected}`, () => assert.equal(result(v2(state, code, type)), expected));
  }

  it('is a success only where a success is said', () => {
    const word = fc.option(
      fc.oneof(fc.constantFrom('TERMINATED', 'SUCCESS', 'FAILED', 'RUNNING', 'SKIPPED'), fc.string()),
      { nil: undefined },
    );
    fc.assert(
      fc.property(word, word, word, word, (life, state, status, code) => {
        const standing = standingOf({
          state: {
            ...(life === undefined ? {} : { life_cycle_state: life }),
            ...(state === undefined ? {} : { result_state: state }),
          },
          status: {
            ...(status === undefined ? {} : { state: status }),
            termination_details: code === undefined ? {} : { code },
          },
        });
        if (!standing.active && standing.result === 'SUCCESS') {
          assert.ok(state === 'SUCCESS' || (!state && code === 'SUCCESS'));
        }
      }),
      { seed: 4, numRuns: 5_000 },
    );
  });
});
