import type { FaultTable } from '../../../local/workspace/faults/fault-table';
import { readRule } from '../../../local/workspace/faults/read-rule';
import { type FaultyWorkspace, ofTasks, rules, switchOff, switchOn } from '../fault-control';
import type { FaultSwitch } from './task-scene';

/** The faults of a whole workspace, by its control path. */
export function switchOf(workspace: FaultyWorkspace): FaultSwitch {
  return {
    on: (rule) => switchOn(workspace, rule),
    off: () => switchOff(workspace),
    hits: async () => (await rules(workspace)).reduce((sum, { hits }) => sum + hits, 0),
  };
}

/** The faults of a workspace that has some services only, and no control path. */
export function switchOfTable(faults: FaultTable): FaultSwitch {
  return {
    async on(rule) {
      faults.add(readRule(ofTasks(rule)));
    },
    off: async () => faults.clear(),
    hits: async () => faults.list().reduce((sum, { hits }) => sum + hits, 0),
  };
}
