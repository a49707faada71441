import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlFailure } from './failure';
import { quoted } from './names';
import { runBound } from './run-bound';
import { FOR_EVER, live, RESERVED, SINCE, UNTIL } from './storage';
import type { TableVersion } from './table-records';

/** The rows of the version before `version` with their places, to be joined with a merge's source. */
export function placedRows({ storage, version, columns }: TableVersion): string {
  return `(SELECT ${[`rowid AS ${MERGE_ROW}`, ...columns.map((column) => quoted(column.name))].join(', ')} FROM ${quoted(storage)} WHERE ${live(version - 1)})`;
}

/** Names of the columns that a merge adds to what it joins; no table can have columns that are called so. */
export const MERGE_ROW = quoted(`${RESERVED}row`);
export const MERGE_SOURCE = quoted(`${RESERVED}source`);
export const MERGE_ACTION = quoted(`${RESERVED}action`);

/** How many rows a merge wrote and took away. */
export interface MergeCounts {
  readonly updated: number;
  readonly deleted: number;
  readonly inserted: number;
}

/** Actions of a merge's clauses, by the number that the plan gives each. */
export interface MergePlan {
  /** SELECT of `MERGE_ROW`, `MERGE_ACTION` (NULL: nothing to do) and the columns' values. */
  readonly sql: string;
  readonly updates: readonly number[];
  readonly deletes: readonly number[];
  readonly inserts: readonly number[];
  /** SELECT of one row where two rows of the source want the same row; undefined where that does no harm. */
  readonly conflict?: string;
}

/**
 * Carries out a merge: the plan's rows are worked out once, then what they replace ends and what is new is added.
 * @throws SqlFailure DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE
 */
export async function applyMerge(
  connection: DuckDBConnection,
  { storage, version, columns }: TableVersion,
  plan: MergePlan,
  values: Record<string, string | null>,
): Promise<MergeCounts> {
  if (plan.conflict !== undefined && (await runBound(connection, plan.conflict, values)).rows.length > 0) {
    throw new SqlFailure(
      'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE',
      '21506',
      'Cannot perform Merge as multiple source rows matched and attempted to modify the same target row in the Delta table in possibly conflicting ways.',
    );
  }
  const merged = quoted(`${RESERVED}merge`);
  await runBound(connection, `CREATE OR REPLACE TEMP TABLE ${merged} AS ${plan.sql}`, values);
  const among = (actions: readonly number[]) => `${MERGE_ACTION} IN (${[...actions, -1].join(', ')})`;
  const count = async (actions: readonly number[], what = '*') => {
    const rows = (
      await connection.runAndReadAll(`SELECT count(${what}) FROM ${merged} WHERE ${among(actions)}`)
    ).getRows();
    return Number(rows[0]?.[0] ?? 0);
  };
  await connection.run(
    `UPDATE ${quoted(storage)} SET ${UNTIL} = ${version} WHERE rowid IN (SELECT ${MERGE_ROW} FROM ${merged} WHERE ${among([...plan.updates, ...plan.deletes])})`,
  );
  const names = columns.map((column) => quoted(column.name));
  await connection.run(
    `INSERT INTO ${quoted(storage)} (${[...names, SINCE, UNTIL].join(', ')})
     SELECT ${[...names, String(version), FOR_EVER].join(', ')} FROM ${merged} WHERE ${among([...plan.updates, ...plan.inserts])}`,
  );
  const counts = {
    updated: await count(plan.updates),
    deleted: await count(plan.deletes, `DISTINCT ${MERGE_ROW}`),
    inserted: await count(plan.inserts),
  };
  await connection.run(`DROP TABLE ${merged}`);
  return counts;
}
