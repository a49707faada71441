import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import type { Inputs } from './inputs';
import { promote } from './promote';
import { rollback } from './rollback';

/** Makes a judged version the champion, or restores the one before. The only writer of `champion` and `previous_champion`. */
export function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  return inputs.action === 'promote' ? promote(inputs, workspace, context) : rollback(inputs, workspace, context);
}
