import { unsupported } from './failure';
import { type GrantCommand, grantTarget } from './grant-commands';
import { column, NOTHING, type StatementResult } from './result';
import type { Session } from './session';

/** Runs `GRANT`, `REVOKE` and `SHOW GRANTS`. @throws SqlFailure when something is not there or the principal may not */
export function runGrants(command: GrantCommand, { grants, defaults }: Session): StatementResult {
  if (grants === undefined) {
    throw unsupported('statements about grants here');
  }
  const target = grantTarget(command.on, defaults);
  if (command.kind === 'showGrants') {
    return {
      columns: [column('principal'), column('actionType'), column('objectType'), column('objectKey')],
      rows: grants
        .show(target, command.principal)
        .map(({ principal, privilege, kind, fullName }) => [principal, privilege, kind, fullName]),
      truncated: false,
    };
  }
  const { principal, privileges } = command;
  grants.change(target, {
    principal,
    add: command.kind === 'grant' ? privileges : [],
    remove: command.kind === 'revoke' ? privileges : [],
  });
  return NOTHING;
}
