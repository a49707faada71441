import type { AfterJobContext } from '../../src/agent/run-after-job';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { decideCancel } from './cancel-decision';
import type { Inputs } from './inputs';
import { notedChange } from './noted-change';

/**
 * The post-job phase: takes back a change whose step was canceled or killed before it could do so. By now an update that no call could
 * stop may have ended.
 */
export async function afterJob(inputs: Inputs, context: AfterJobContext): Promise<void> {
  const change = notedChange(context.host);
  if (change === undefined) {
    return;
  }
  const api = createWorkspaceClient(connectWorkspace(inputs.connection, context)).servingEndpoints;
  const decision = decideCancel(await api.get(inputs.endpoint), change);
  if (decision.restore && change.former !== undefined) {
    await api.updateConfig(inputs.endpoint, change.former);
    context.log.info(`Endpoint '${inputs.endpoint}': ${decision.sentence}`);
    return;
  }
  context.log.warning(`Endpoint '${inputs.endpoint}': ${decision.sentence}`, 'CANCELED_STATE');
}
