import assert from 'node:assert/strict';
import { runNumber } from '../../../../../local/pipelines/queue/run-number';

const NOW = Date.UTC(2026, 2, 5, 14, 7, 9);
const variables: Readonly<Record<string, string>> = { 'build.buildid': '12', buildid: '12', flavour: 'vanilla' };
const number = (format: string | undefined, taken: readonly string[] = []) =>
  runNumber(
    format,
    NOW,
    (name) => variables[name.toLowerCase()],
    (candidate) => !taken.includes(candidate),
  );

describe('runNumber', () => {
  for (const [format, expected] of [
    [undefined, '20260305.1'],
    ['', '20260305.1'],
    ['$(Date:yyyy-MM-dd)', '2026-03-05'],
    ['$(Date:yy.M.d.H.m.s)', '26.3.5.14.7.9'],
    ['$(date:yyyyMMdd)$(rev:.rr)', '20260305.01'],
    ['v$(Rev:r)', 'v1'],
    ['$(Year:yy)/$(Month)/$(DayOfMonth) $(Hours):$(Minutes):$(Seconds)', '26/3/5 14:7:9'],
    ['day $(DayOfYear) of $(Year:yyyy)', 'day 64 of 2026'],
    ['$(BuildID)-$(Build.BuildId)-$(flavour)', '12-12-vanilla'],
    ['$(nobody.knows) stays', '$(nobody.knows) stays'],
    ['no token', 'no token'],
  ] as const) {
    it(`makes '${expected}' of '${format}'`, () => assert.equal(number(format), expected));
  }

  it('counts the runs of one number', () => {
    assert.equal(number(undefined, ['20260305.1', '20260305.2']), '20260305.3');
    assert.equal(number('r$(Rev:rrr)', ['r001']), 'r002');
  });

  it('ends where a count has no place for its figure', () => {
    for (const format of ['a$(Rev:x)', 'a$(Rev:)']) {
      assert.equal(number(format, [number(format)]), number(format));
    }
  });

  it('lets a number without a count be had by several runs', () => {
    assert.equal(number('fixed', ['fixed']), 'fixed');
  });
});
