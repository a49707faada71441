import type { Store } from '../store';

/** Ids begin above 2^53, so that whoever reads them as floating-point numbers is found out at once. */
const BASE = 9_007_199_254_740_993n;

/** A new id for a job, a run or a task run, as text; all three share one sequence. */
export function newId(store: Store): string {
  return String(BASE + BigInt(store.next('job-ids')));
}
