import { TaskError } from '../errors';
import { isWorkspaceHost } from './clouds';
import type { Token } from './token';

const RESOURCE_ID =
  /^\/subscriptions\/[\w-]+\/resourceGroups\/[\w.()-]+\/providers\/Microsoft\.Databricks\/workspaces\/[\w-]+$/i;

/**
 * Adds the two headers by which an identity that has a role on the workspace as an object of Azure, but is not yet one of its users, is let
 * in (databricks-api 2.3; [U] for today's behaviour). Only where `DATABRICKS_AZURE_RESOURCE_ID` names that object: the second token is mighty, and nobody else needs it.
 * @param workspaceUrl where the headers go: none but a host of Azure Databricks
 * @param resourceId Azure resource id of the workspace; empty: the token goes alone
 * @param managementToken a token for the service management of the cloud
 * @throws TaskError WORKSPACE_RESOURCE_ID_INVALID, WORKSPACE_HOST_UNKNOWN
 */
export function workspaceHeaders(
  workspaceUrl: string,
  resourceId: string,
  managementToken: () => Promise<Token>,
  mask: (secret: string) => void,
): (token: Token) => Promise<Token> {
  if (resourceId === '') {
    return async (token) => token;
  }
  if (!RESOURCE_ID.test(resourceId)) {
    throw new TaskError(
      'WORKSPACE_RESOURCE_ID_INVALID',
      `The variable DATABRICKS_AZURE_RESOURCE_ID is ${JSON.stringify(resourceId)}, which is no resource id of a workspace.`,
      {
        todo: 'Copy it from the properties of the workspace in the Azure portal: /subscriptions/…/resourceGroups/…/providers/Microsoft.Databricks/workspaces/….',
      },
    );
  }
  if (!isWorkspaceHost(workspaceUrl)) {
    throw new TaskError(
      'WORKSPACE_HOST_UNKNOWN',
      `${workspaceUrl} is no host of Azure Databricks: the token of Azure that goes with DATABRICKS_AZURE_RESOURCE_ID is not sent there.`,
      {
        todo: "Use the workspace's own address (https://adb-….azuredatabricks.net), or remove the variable and add the identity to the users of the workspace.",
      },
    );
  }
  return async (token) => {
    const management = await managementToken();
    mask(management.value);
    return {
      value: token.value,
      lifeMs: Math.min(token.lifeMs, management.lifeMs),
      headers: {
        'X-Databricks-Azure-SP-Management-Token': management.value,
        'X-Databricks-Azure-Workspace-Resource-Id': resourceId,
      },
    };
  };
}
