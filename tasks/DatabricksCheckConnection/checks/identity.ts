import { type Check, nameOf, ok } from '../finding';

/** Does the workspace accept the credential, and as whom. */
export const checkIdentity: Check = async ({ context, identity: asked }) => {
  const identity = await asked();
  context.outputs.set('identity', identity.userName);
  context.outputs.set('identityType', identity.kind);
  context.outputs.set('workspaceId', identity.workspaceId);
  return identity.active
    ? ok(`The workspace knows this connection as ${nameOf(identity)}.`)
    : {
        verdict: 'warning',
        message: `${nameOf(identity)} is deactivated in the workspace. Activate it, or use another identity.`,
      };
};

/** Does the address answer as an Azure Databricks workspace. */
export const checkWorkspace: Check = async ({ workspace, context, identity: asked }) => {
  const identity = await asked();
  if (identity.workspaceId === '') {
    return {
      verdict: 'warning',
      message: `${workspace.url} answers, but names no workspace. Check that the URL is that of the workspace and not of the account console.`,
    };
  }
  context.outputs.set('workspaceId', identity.workspaceId);
  return ok(`${workspace.url} is workspace ${identity.workspaceId}.`);
};
