import { cast } from './casts';
import { type Expression, renderExpression } from './expressions';
import { SqlFailure, syntaxError, unsupported } from './failure';
import { mergedColumn } from './merge-names';
import { inBackticks } from './names';
import type { RenderedSource } from './query';
import { type Scope, type Source, sameName } from './scope';
import { type Column, newest, type TableRecord } from './table-records';
import { identifier, list, type Node, permitted, tagged } from './tree';
import { typeText } from './types';
import { assignedTwice, assignedValue } from './update-rows';

/** When a clause of a merge is looked at. */
export type Match = 'matched' | 'notMatched' | 'notMatchedBySource';

/** A WHEN clause of a merge. */
export interface Clause {
  readonly match: Match;
  readonly condition?: { readonly sql: string; readonly name: string };
  readonly action: 'update' | 'delete' | 'insert';
  /** SQL of the values by column; columns that are not named keep theirs, or are NULL in a new row. */
  readonly values: ReadonlyMap<Column, string>;
}

/** What a clause can see: the target, the source, and how names are found among them. */
export interface Surroundings {
  readonly table: TableRecord;
  readonly own: Source;
  readonly source: RenderedSource;
  readonly scope: (sources: readonly Source[]) => Scope;
}

/** The WHEN clauses of a merge, in their order. @throws SqlFailure */
export function readClauses(value: unknown, around: Surroundings): Clause[] {
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
    ...(condition === undefined ? {} : { condition: { sql: conditionSql(condition), name: condition.name } }),
    values: action === 'delete' ? new Map() : valuesOf(action, match, parts, scope, around),
  };
}

function conditionSql(condition: Expression): string {
  if (condition.type.name !== 'BOOLEAN' && condition.type.name !== 'VOID') {
    throw new SqlFailure(
      'CANNOT_UP_CAST_DATATYPE',
      '42846',
      `The condition ${condition.name} of a WHEN clause has the type ${typeText(condition.type)}; BOOLEAN is expected.`,
    );
  }
  return cast(condition, { name: 'BOOLEAN' }).sql;
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
