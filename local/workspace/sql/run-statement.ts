import { guarded } from '../grants/guarded-tables';
import { statementGrants } from '../grants/statement-grants';
import { executeStatement } from './execute';
import type { StatementResult } from './result';
import type { Session } from './session';

/**
 * Runs one statement with the rights of the session's principal.
 * @throws SqlFailure as {@link executeStatement}, and INSUFFICIENT_PERMISSIONS
 */
export function runStatement(sql: string, session: Session): Promise<StatementResult> {
  return executeStatement(sql, { ...guarded(session), grants: statementGrants(session) });
}
