import { refuseUnlessAdministrator } from '../access';
import type { Call, Operation, Reply } from '../api';
import type { Tokens } from '../tokens';

/**
 * A control path that fills a workspace: for the administrator's token, on loopback.
 * @param keeps what it keeps, for the generated page
 */
export function seedControlPath(
  path: string,
  keeps: string,
  tokens: Tokens,
  seed: (call: Call) => Promise<Reply>,
): Operation {
  return {
    method: 'POST',
    path,
    note: `not of Databricks: keeps ${keeps}; administrator's token, loopback`,
    handle: async (call) => {
      refuseUnlessAdministrator(call, tokens, 'Workspaces are filled');
      return seed(call);
    },
  };
}
