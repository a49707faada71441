import type { CurrentIdentity } from '../../../src/databricks/identity';
import { ApiError } from '../../../src/http/errors';
import { shellWord } from '../../../src/shell-word';
import { withoutEntitlement } from '../entitlements';
import { type Check, type CheckScope, type Finding, failed, nameOf, ok } from '../finding';

/** Does the workspace accept the credential, and as whom. */
export const checkIdentity: Check = async (scope) => {
  let identity: CurrentIdentity;
  try {
    identity = await scope.identity();
  } catch (error) {
    if (error instanceof ApiError && error.code === 'PERMISSION_DENIED') {
      return noUser(error, scope);
    }
    throw error;
  }
  const { context } = scope;
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

/** Does the address answer as an Azure Databricks workspace, and let the identity in. */
export const checkWorkspace: Check = async ({ workspace, context, identity: asked }) => {
  const identity = await asked();
  if (identity.workspaceId === '') {
    return {
      verdict: 'warning',
      message: `${workspace.url} answers, but names no workspace. Check that the URL is that of the workspace and not of the account console.`,
    };
  }
  context.outputs.set('workspaceId', identity.workspaceId);
  try {
    // To list jobs wants no right on an object: a list that is refused is the way to see that the workspace keeps the identity out.
    await workspace.jobs.firstNames(1);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'PERMISSION_DENIED') {
      return withoutEntitlement(error, identity);
    }
    throw error;
  }
  return ok(`${workspace.url} is workspace ${identity.workspaceId}.`);
};

/** Who issued the token vouches for the identity, but the workspace does not know it. */
function noUser(error: ApiError, { workspace, applicationId }: CheckScope): Finding {
  const said = error.serverMessage === '' ? `status ${error.status}` : error.serverMessage.replace(/\.$/, '');
  const id = applicationId === undefined ? '<application id>' : shellWord(applicationId);
  return failed(`The credential is good, but the workspace lets its identity do nothing: ${said}.`, [
    {
      right: 'to be a user of the workspace',
      object: `workspace ${workspace.url}`,
      command: `databricks service-principals create --application-id ${id}`,
    },
  ]);
}
