import { CLAUSES } from './allow-list';
import { rowsOf } from './change-rows';
import { renderExpression } from './expressions';
import { SqlFailure, syntaxError, unsupported } from './failure';
import { boolean } from './functions';
import { queryScope, requireTable } from './lookup';
import { mergeColumnIn, mergedColumn } from './merge-names';
import { applyMerge, MERGE_ACTION, MERGE_ROW, MERGE_SOURCE, type MergePlan, placedRows } from './merge-storage';
import { inBackticks, quoted, tableName } from './names';
import { type RenderedSource, renderSource } from './query';
import { column, type StatementResult } from './result';
import { ambiguous, type Scope, type Source, sameName } from './scope';
import type { Session } from './session';
import { type Column, newest, type TableRecord, type TableVersion } from './table-records';
import { nextVersion, requireRemovable, withVersion } from './table-versions';
import { identifier, list, type Node, permitted, tableParts, tagged } from './tree';
import { typeText } from './types';
import { assignedTwice, assignedValue } from './update-rows';
import { withConnection } from './writing';

/** When a clause of a merge is looked at. */
type Match = 'matched' | 'notMatched' | 'notMatchedBySource';

interface Clause {
  readonly match: Match;
  readonly condition?: { readonly sql: string; readonly name: string };
  readonly action: 'update' | 'delete' | 'insert';
  /** SQL of the values by column; columns that are not named keep theirs, or are NULL in a new row. */
  readonly values: ReadonlyMap<Column, string>;
}

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

interface Surroundings {
  readonly table: TableRecord;
  readonly own: Source;
  readonly source: RenderedSource;
  readonly scope: (sources: readonly Source[]) => Scope;
}

function readClauses(value: unknown, around: Surroundings): Clause[] {
  const [, whens] = tagged(value);
  const clauses = list(whens.expressions).map((when) => readClause(tagged(when)[1], around));
  if (clauses.length === 0) {
    throw syntaxError('MERGE wants at least one WHEN clause.');
  }
  for (const match of ['matched', 'notMatched', 'notMatchedBySource'] as const) {
    const open = clauses.filter((clause) => clause.match === match).slice(0, -1);
    if (open.some(({ condition }) => condition === undefined)) {
      throw new SqlFailure(
        NOT_LAST[match],
        '42601',
        'Among several WHEN clauses of one kind, only the last can be without a condition.',
      );
    }
  }
  return clauses;
}

const NOT_LAST: Readonly<Record<Match, string>> = {
  matched: 'NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION',
  notMatched: 'NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION',
  notMatchedBySource: 'NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION',
};

function readClause(node: Node, around: Surroundings): Clause {
  permitted({ when: ['matched', 'source', 'condition', 'then'] }, 'when', node);
  const match = isTrue(node.matched) ? 'matched' : isTrue(node.source) ? 'notMatchedBySource' : 'notMatched';
  const visible = {
    matched: [around.own, around.source],
    notMatched: [around.source],
    notMatchedBySource: [around.own],
  };
  const scope = around.scope(visible[match]);
  const condition = isAbsent(node.condition) ? undefined : renderExpression(node.condition, scope);
  const { action, parts } = actionOf(node.then);
  if ((action === 'insert') !== (match === 'notMatched')) {
    throw syntaxError(`${action.toUpperCase()} cannot stand in this WHEN clause of MERGE.`);
  }
  return {
    match,
    action,
    ...(condition === undefined ? {} : { condition: { sql: boolean('WHEN', condition), name: condition.name } }),
    values: action === 'delete' ? new Map() : valuesOf(action, match, parts, scope, around),
  };
}

function isTrue(value: unknown): boolean {
  return !isAbsent(value) && tagged(value)[1].value === true;
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

/** `DELETE` stands alone; `UPDATE SET …` and `INSERT …` are lists that begin with the word. */
function actionOf(value: unknown): { readonly action: Clause['action']; readonly parts: readonly unknown[] } {
  const [kind, node] = tagged(value);
  const [first, ...parts] = kind === 'tuple' ? list(node.expressions) : [value];
  const word = String(tagged(first)[1].this).toLowerCase();
  if (word !== 'update' && word !== 'delete' && word !== 'insert') {
    throw unsupported(`${word.toUpperCase()} in MERGE`);
  }
  return { action: word, parts };
}

function valuesOf(
  action: 'update' | 'insert',
  match: Match,
  parts: readonly unknown[],
  scope: Scope,
  { table, own, source }: Surroundings,
): Map<Column, string> {
  const { columns } = newest(table);
  const [kind] = tagged(parts[0]);
  if (kind === 'star') {
    if (match === 'notMatchedBySource') {
      throw syntaxError('UPDATE SET * cannot stand in WHEN NOT MATCHED BY SOURCE.');
    }
    return new Map(columns.map((target) => [target, fromSource(target, source, scope)]));
  }
  const pairs = action === 'update' ? assignments(parts) : insertion(parts);
  const values = new Map<Column, string>();
  for (const [left, right] of pairs) {
    const target = mergedColumn(columns, own.name, left);
    if (values.has(target)) {
      throw assignedTwice(target.name);
    }
    values.set(target, assignedValue(right, target, scope).sql);
  }
  return values;
}

/** The value of a `*`: the source's column of that name. */
function fromSource(target: Column, source: Source, scope: Scope): string {
  const found = source.columns.find(({ name }) => sameName(name, target.name));
  if (found === undefined) {
    throw new SqlFailure(
      'DELTA_MERGE_UNRESOLVED_EXPRESSION',
      '42601',
      `Cannot resolve ${inBackticks(target.name)} in the clause given the columns ${source.columns.map(({ name }) => inBackticks(name)).join(', ')}.`,
    );
  }
  const reference = { column: { name: { name: found.name }, table: { name: source.name } } };
  return assignedValue(reference, target, scope).sql;
}

function assignments(parts: readonly unknown[]): [name: string, value: unknown][] {
  return list(tagged(parts[0])[1].expressions).map((pair) => {
    const [kind, { left, right }] = tagged(pair);
    if (kind !== 'eq') {
      throw syntaxError('UPDATE SET wants column = value.');
    }
    return [assignedName(left), right];
  });
}

function insertion(parts: readonly unknown[]): [name: string, value: unknown][] {
  const [names, values] = parts.map((part) => list(tagged(part)[1].expressions));
  if (names === undefined || values === undefined || names.length !== values.length) {
    throw syntaxError('INSERT of a MERGE wants as many values as columns.');
  }
  return names.map((name, index) => [assignedName(name), values[index]]);
}

function assignedName(value: unknown): string {
  const [kind, node] = tagged(value);
  const parts = kind === 'column' ? [identifier(node.table), identifier(node.name)] : [identifier(node)];
  return parts.filter((part) => part !== undefined).join('.');
}

/** The merge as a query: each row of target and source, side by side, with the first clause that takes it. */
function planOf(
  written: TableVersion,
  alias: string,
  source: RenderedSource,
  on: string,
  clauses: readonly Clause[],
): MergePlan {
  const numbers = (action: Clause['action']) =>
    clauses.flatMap((clause, index) => (clause.action === action ? [index] : []));
  const row = `${quoted(alias)}.${MERGE_ROW}`;
  const mark = `${quoted(source.name)}.${MERGE_SOURCE}`;
  const when: Readonly<Record<Match, string>> = {
    matched: `${row} IS NOT NULL AND ${mark} IS NOT NULL`,
    notMatched: `${row} IS NULL`,
    notMatchedBySource: `${mark} IS NULL`,
  };
  const test = ({ match, condition }: Clause) =>
    condition === undefined ? when[match] : `${when[match]} AND coalesce(${condition.sql}, false)`;
  const action = `CASE ${clauses.map((clause, index) => `WHEN ${test(clause)} THEN ${index}`).join(' ')} END`;
  const own = (clause: Clause, target: Column) =>
    clause.action === 'insert' ? 'NULL' : `${quoted(alias)}.${quoted(target.name)}`;
  const values = written.columns.map((target) => {
    const cases = clauses.flatMap((clause, index) =>
      clause.action === 'delete' ? [] : [`WHEN ${index} THEN ${clause.values.get(target) ?? own(clause, target)}`],
    );
    return `${cases.length === 0 ? 'NULL' : `CASE ${MERGE_ACTION} ${cases.join(' ')} END`} AS ${quoted(target.name)}`;
  });
  const joined = `${placedRows(written)} AS ${quoted(alias)} FULL OUTER JOIN (SELECT *, true AS ${MERGE_SOURCE} FROM ${source.sql}) AS ${quoted(source.name)} ON ${on}`;
  const matched = clauses.filter(({ match }) => match === 'matched');
  const conflict = conflictOf(matched, row, when.matched, joined);
  return {
    sql: `SELECT ${row} AS ${MERGE_ROW}, ${action} AS ${MERGE_ACTION}, ${values.join(', ')} FROM ${joined}`,
    updates: numbers('update'),
    deletes: numbers('delete'),
    inserts: numbers('insert'),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

/**
 * Rows that two rows of the source would change; a single DELETE without a condition can be done twice. Which of them fit the clauses'
 * conditions decides, as in Databricks Runtime 16.1 and later; open-source Delta 4.0 looks at ON alone.
 */
function conflictOf(matched: readonly Clause[], row: string, isMatched: string, joined: string): string | undefined {
  const [first, ...more] = matched;
  if (first === undefined || (more.length === 0 && first.action === 'delete' && first.condition === undefined)) {
    return undefined;
  }
  const taken = matched.map(({ condition }) =>
    condition === undefined ? 'true' : `coalesce(${condition.sql}, false)`,
  );
  return `SELECT 1 FROM ${joined} WHERE ${isMatched} AND (${taken.join(' OR ')}) GROUP BY ${row} HAVING count(*) > 1 LIMIT 1`;
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
