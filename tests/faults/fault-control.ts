import type { TestReply } from '../support/local-workspace';

/** A workspace whose faults a test switches through its control path. */
export interface FaultyWorkspace {
  call<T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<TestReply<T> | { readonly status: number; readonly text: string; readonly json: T }>;
}

/** A rule as the control path takes it. */
export type Rule = Readonly<Record<string, unknown>>;

/** What a rule has done. */
export interface RuleRecord {
  readonly id: string;
  readonly matched: number;
  readonly hits: number;
}

/** Switches a fault on, for the requests of our tasks alone. */
export async function switchOn(workspace: FaultyWorkspace, rule: Rule): Promise<void> {
  await asked(workspace, 'POST', ofTasks(rule));
}

/** The rule for the requests of our tasks alone; the clock is one for everybody. */
export function ofTasks(rule: Rule): Rule {
  const ofClock = (rule.fault as { readonly kind?: unknown }).kind === 'clock_skew';
  return ofClock ? rule : { client: 'databricks-mlops/', ...rule };
}

export async function switchOff(workspace: FaultyWorkspace): Promise<void> {
  await asked(workspace, 'DELETE');
}

export async function rules(workspace: FaultyWorkspace): Promise<readonly RuleRecord[]> {
  return (await asked<{ faults: readonly RuleRecord[] }>(workspace, 'GET')).faults;
}

/** Counts every request from now on, and changes none. */
export async function countRequests(workspace: FaultyWorkspace): Promise<() => Promise<number>> {
  await switchOn(workspace, { skip: Number.MAX_SAFE_INTEGER, fault: { kind: 'html' } });
  return async () => (await rules(workspace)).at(-1)?.matched ?? 0;
}

/**
 * From request `number` (from 1) on nobody answers: as for the workspace, whose client is dead.
 * @param when whether that request still takes effect
 */
export async function dieAt(workspace: FaultyWorkspace, number: number, when: 'before' | 'after'): Promise<void> {
  const lost = (skip: number, at: string, count?: number) =>
    switchOn(workspace, { skip, ...(count === undefined ? {} : { count }), fault: { kind: 'connection_dropped', at } });
  if (when === 'after') {
    await lost(number - 1, 'answer', 1);
  }
  await lost(when === 'after' ? number : number - 1, 'request');
}

async function asked<T>(workspace: FaultyWorkspace, method: string, body?: Rule): Promise<T> {
  const reply = await workspace.call<T>(method, '/local/faults', body);
  if (reply.status !== 200) {
    throw new Error(`${method} /local/faults: ${reply.text}`);
  }
  return reply.json;
}
