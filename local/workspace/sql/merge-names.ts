import { columnIn } from './change-rows';
import { SqlFailure } from './failure';
import type { Scope, Source } from './scope';
import type { Column } from './table-records';
import { assignedColumn } from './update-rows';

/** Finds columns for ON and the clauses of a MERGE. The function throws SqlFailure when there is none or more than one. */
export function mergeColumnIn(sources: readonly Source[]): Scope['column'] {
  const column = columnIn(sources);
  return (name, table) => resolving(() => column(name, table));
}

/** The column of the target that an assignment names. @throws SqlFailure DELTA_MERGE_UNRESOLVED_EXPRESSION */
export function mergedColumn(columns: readonly Column[], alias: string, name: string): Column {
  return resolving(() => assignedColumn(columns, alias, name));
}

/** Delta resolves what stands in a MERGE by itself, and has its own class for names that it does not find. */
function resolving<T>(resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof SqlFailure && error.errorClass === 'UNRESOLVED_COLUMN.WITH_SUGGESTION') {
      const sentence = error.message.replace(/^\[[^\]]*\] /, '').replace(/ SQLSTATE: .{5}$/, '');
      throw new SqlFailure('DELTA_MERGE_UNRESOLVED_EXPRESSION', '42601', `In MERGE: ${sentence}`);
    }
    throw error;
  }
}
