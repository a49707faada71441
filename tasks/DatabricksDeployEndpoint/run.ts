import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { deleteEndpoint } from './delete';
import { deploy } from './deploy';
import type { Inputs } from './inputs';

export { afterJob } from './after-job';

/** Serves a model version, or ends an endpoint. The only writer of traffic. */
export function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const client = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  return inputs.action === 'deploy' ? deploy(inputs, client, context) : deleteEndpoint(inputs, client, context);
}
