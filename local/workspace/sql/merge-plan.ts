import type { Clause, Match } from './merge-clauses';
import { MERGE_ACTION, MERGE_ROW, MERGE_SOURCE, type MergePlan, placedRows } from './merge-storage';
import { quoted } from './names';
import type { RenderedSource } from './query';
import type { Column, TableVersion } from './table-records';

/** The merge as a query: each row of target and source, side by side, with the first clause that takes it. */
export function planOf(
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
