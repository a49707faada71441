import { alterTable } from './alter-table';
import { deleteRows, insert } from './change-rows';
import { readCommand } from './commands';
import { createTable, dropTable } from './define-table';
import { fromDuckDb, unsupported } from './failure';
import { queryScope } from './lookup';
import { merge } from './merge';
import { resolveConstants, singleStatement } from './prepare';
import { renderQuery } from './query';
import { readResult, type StatementResult } from './result';
import { runCommand } from './run-command';
import type { Session } from './session';
import { type Token, tokenize, tokensToSql } from './tokens';
import { type Node, parseStatement, requireBackticks } from './tree';
import { updateRows } from './update-rows';
import { reading } from './writing';

/** Statements by the parser's name; the queries among them are in {@link renderQuery}. */
const STATEMENTS: Readonly<Record<string, (node: Node, session: Session) => Promise<StatementResult>>> = {
  create_table: createTable,
  drop_table: dropTable,
  insert,
  delete: deleteRows,
  update: updateRows,
  alter_table: alterTable,
  merge,
};

/**
 * Runs one statement of Databricks SQL.
 * @throws SqlFailure with Spark's error class for whatever is wrong with it
 */
export async function executeStatement(sql: string, session: Session): Promise<StatementResult> {
  try {
    const tokens = resolveConstants(singleStatement(tokenize(sql)), session.bindings);
    const command = readCommand(tokens);
    return command === undefined ? await runParsed(tokens, session) : runCommand(command, session);
  } catch (error) {
    throw fromDuckDb(error);
  }
}

async function runParsed(tokens: readonly Token[], session: Session): Promise<StatementResult> {
  const [kind, node] = parseStatement(tokensToSql(tokens));
  requireBackticks(node, new Set(tokens.filter((token) => token.kind === 'quoted').map(({ text }) => text)));
  const run = Object.hasOwn(STATEMENTS, kind) ? STATEMENTS[kind] : undefined;
  if (run !== undefined) {
    return run(node, session);
  }
  if (kind !== 'select' && kind !== 'subquery') {
    throw unsupported(`${kind.replaceAll('_', ' ').toUpperCase()} statements`);
  }
  const query = renderQuery({ [kind]: node }, queryScope(session));
  return reading(session, (connection) => readResult(connection, query, session.bindings.values, session));
}
