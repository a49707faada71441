import { cast } from './casts';
import { SqlFailure } from './failure';
import type { Query } from './scope';
import type { SqlType } from './sql-type';
import { commonTypeOf, type Typed } from './type-rules';
import { typeText } from './types';

/**
 * The rows of `VALUES`: the values of a column are cast to the type in which they meet.
 * @throws SqlFailure INVALID_INLINE_TABLE
 */
export function inlineTable(rows: readonly (readonly Typed[])[]): Query {
  const width = rows[0]?.length ?? 0;
  if (width === 0 || rows.some((row) => row.length !== width)) {
    throw invalid('NUM_COLUMNS_MISMATCH', 'The rows of VALUES do not all have the same number of values.');
  }
  const columns = Array.from({ length: width }, (_, index) => {
    const cells = rows.flatMap((row) => row.slice(index, index + 1));
    const type = columnType(cells.map((cell) => cell.type));
    return { type, cells: cells.map((cell) => cast(cell, type).sql) };
  });
  return {
    sql: `VALUES ${rows.map((_, place) => `(${columns.map(({ cells }) => cells[place]).join(', ')})`).join(', ')}`,
    columns: columns.map(({ type }, index) => ({ name: `col${index + 1}`, type })),
  };
}

/** Unlike elsewhere, a string does not become what stands in its column in the other rows. */
function columnType(types: readonly SqlType[]): SqlType {
  const known = types.filter(({ name }) => name !== 'VOID');
  const strings = known.filter(({ name }) => name === 'STRING').length;
  const common = strings === 0 || strings === known.length ? commonTypeOf(known) : undefined;
  if (common === undefined) {
    throw invalid(
      'INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
      `The values of a column of VALUES have incompatible types (${[...new Set(known.map(typeText))].join(', ')}); cast them.`,
    );
  }
  return common;
}

function invalid(condition: string, sentence: string): SqlFailure {
  return new SqlFailure(`INVALID_INLINE_TABLE.${condition}`, '42000', sentence);
}
