import type { TestCaseRecord } from './run-record';

/** Results of tests in words; those that were skipped have not passed. */
export function testCounts(cases: readonly TestCaseRecord[]): string {
  const count = (outcome: TestCaseRecord['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  return `${count('failed')} failed, ${count('passed')} passed, ${count('skipped')} skipped`;
}
