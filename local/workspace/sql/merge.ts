import { CLAUSES } from './allow-list';
import { rowsOf } from './change-rows';
import { renderExpression } from './expressions';
import { SqlFailure } from './failure';
import { boolean } from './functions';
import { queryScope, requireTable } from './lookup';
import { type Clause, type Match, readClauses } from './merge-clauses';
import { mergeColumnIn } from './merge-names';
import { planOf } from './merge-plan';
import { applyMerge } from './merge-storage';
import { tableName } from './names';
import { renderSource } from './query';
import { column, type StatementResult } from './result';
import { ambiguous, type Scope, type Source, sameName } from './scope';
import type { Session } from './session';
import { nextVersion, requireRemovable, withVersion } from './table-versions';
import { identifier, type Node, permitted, tableParts, tagged } from './tree';
import { typeText } from './types';
import { withConnection } from './writing';

/**
 * `MERGE INTO name [alias] USING table | (query) [alias] ON condition`, with the clauses `WHEN MATCHED`, `WHEN NOT MATCHED [BY TARGET]` and
 * `WHEN NOT MATCHED BY SOURCE`, each with a condition or none. Without a change there is no new version, as in Delta.
 * @throws SqlFailure
 */
export async function merge(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'merge', value);
  const target = targetOf(node.this);
  const name = tableName(target.parts, session.defaults);
  const alias = target.alias ?? name.table;
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    const source = renderSource(sourceNode(node.using), queryScope(session));
    if (sameName(source.name, alias)) {
      throw ambiguous(alias);
    }
    const own = rowsOf(table, alias);
    const scope = (sources: readonly Source[]): Scope => ({
      bindings: session.bindings,
      column: mergeColumnIn(sources),
    });
    const on = renderExpression(node.on, scope([own, source]));
    const clauses = readClauses(node.whens, { table, own, source, scope });
    const written = nextVersion(table, session, 'MERGE', parametersOf(on.name, clauses));
    if (on.type.name !== 'BOOLEAN' && on.type.name !== 'VOID') {
      throw new SqlFailure(
        'JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE',
        '42K0E',
        `The condition ON ${on.name} has the type ${typeText(on.type)}; BOOLEAN is expected.`,
      );
    }
    const plan = planOf(written, alias, source, boolean('ON', on), clauses);
    const counts = await applyMerge(connection, written, plan, session.bindings.values);
    if (counts.updated + counts.deleted > 0) {
      requireRemovable(table);
    }
    const all = counts.updated + counts.deleted + counts.inserted;
    const operationMetrics = {
      numTargetRowsUpdated: String(counts.updated),
      numTargetRowsDeleted: String(counts.deleted),
      numTargetRowsInserted: String(counts.inserted),
      numOutputRows: String(counts.updated + counts.inserted),
    };
    return {
      ...(all === 0 ? {} : { save: withVersion(table, { ...written, operationMetrics }) }),
      result: {
        columns: ['num_affected_rows', 'num_updated_rows', 'num_deleted_rows', 'num_inserted_rows'].map((title) =>
          column(title, 'BIGINT'),
        ),
        rows: [[all, counts.updated, counts.deleted, counts.inserted].map(String)],
        truncated: false,
      },
    };
  });
}

function targetOf(value: unknown): { readonly parts: string[]; readonly alias: string | undefined } {
  const [kind, node] = tagged(value);
  const [inner, aliased] = kind === 'alias' ? [node.this, identifier(node.alias)] : [value, undefined];
  const [table, content] = tagged(inner);
  permitted({ table: ['name', 'schema', 'catalog', 'alias', 'alias_explicit_as'] }, table, content);
  return { parts: tableParts(content), alias: aliased ?? identifier(content.alias) };
}

/** The parser wraps a table with an alias; in FROM the alias is the table's own. */
function sourceNode(value: unknown): unknown {
  const [kind, node] = tagged(value);
  if (kind !== 'alias') {
    return value;
  }
  const [inner, content] = tagged(node.this);
  return { [inner]: { ...content, alias: node.alias } };
}

function parametersOf(on: string, clauses: readonly Clause[]): Record<string, string> {
  const predicates = (match: Match) =>
    JSON.stringify(
      clauses
        .filter((clause) => clause.match === match)
        .map(({ action, condition }) => ({
          actionType: action,
          ...(condition === undefined ? {} : { predicate: condition.name }),
        })),
    );
  return {
    predicate: JSON.stringify([on]),
    matchedPredicates: predicates('matched'),
    notMatchedPredicates: predicates('notMatched'),
    notMatchedBySourcePredicates: predicates('notMatchedBySource'),
  };
}
