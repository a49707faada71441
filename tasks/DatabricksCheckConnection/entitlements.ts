import type { CurrentIdentity } from '../../src/databricks/identity';
import { ApiError } from '../../src/http/errors';
import { shellWord } from '../../src/shell-word';
import { type Finding, failed, nameOf } from './finding';

/** The entitlement that opens jobs, files, folders and experiments of a workspace. */
const WORKSPACE_ACCESS = 'workspace-access';

/**
 * True for a refusal that names an entitlement: no right on an object mends it. The words are [U]. What an identity is told of its own
 * entitlements would not do: those of its groups are not among them.
 */
export function namesEntitlement(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.errorCode === 'PERMISSION_DENIED' &&
    /\bentitlements?\b/i.test(error.serverMessage)
  );
}

/** The identity may sign in, but the workspace keeps it out of what the entitlement opens. */
export function withoutEntitlement({ serverMessage }: ApiError, identity: CurrentIdentity): Finding {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'add', path: 'entitlements', value: [{ value: WORKSPACE_ACCESS }] }],
  };
  const kind = identity.kind === 'user' ? 'users' : 'service-principals';
  return failed(
    `${nameOf(identity)} lacks the entitlement ${WORKSPACE_ACCESS}; the workspace said: ${serverMessage.replace(/\.?$/, '.')}`,
    [
      {
        right: WORKSPACE_ACCESS,
        object: 'the workspace',
        command: `databricks ${kind} patch ${shellWord(identity.id)} --json ${shellWord(JSON.stringify(body))}`,
      },
    ],
  );
}
