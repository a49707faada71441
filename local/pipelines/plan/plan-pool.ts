import { entryValue, type MappingNode } from '../expand/nodes';
import type { PoolPlan } from './pipeline-plan';
import { mappingAt, textOf } from './read-node';

/** The pool that a stage, job or hook names itself; `undefined`: that of what is around it. */
export function planPool(owner: MappingNode): PoolPlan | undefined {
  const pool = entryValue(owner, 'pool');
  if (pool?.kind === 'scalar' && pool.text.trim().toLowerCase() === 'server') {
    return { kind: 'server' };
  }
  const named = mappingAt(owner, 'pool');
  return named === undefined
    ? undefined
    : { kind: 'agent', name: textOf(named, 'name'), vmImage: textOf(named, 'vmImage') };
}

/** Where nothing names a pool. */
export const ANY_AGENT: PoolPlan = { kind: 'agent', name: undefined, vmImage: undefined };
