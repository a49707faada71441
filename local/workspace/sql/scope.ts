import { SqlFailure } from './failure';
import { inBackticks, quoted } from './names';
import type { Bindings } from './parameters';
import type { SqlType } from './sql-type';
import type { Typed } from './type-rules';

/** A column of a table or of a query's result. */
export interface NamedType {
  readonly name: string;
  readonly type: SqlType;
}

/** What stands in FROM, by the name under which its columns can be reached. */
export interface Source {
  readonly name: string;
  readonly columns: readonly NamedType[];
}

/** A query for DuckDB, and the columns that it gives. */
export interface Query {
  readonly sql: string;
  readonly columns: readonly NamedType[];
}

/** What expressions may refer to. */
export interface Scope {
  readonly bindings: Bindings;
  /** @throws SqlFailure when no column, or more than one, has the name */
  readonly column: (name: string, table: string | undefined) => Typed;
}

/** Where no column can be named, such as in VALUES. */
export function noColumns(name: string): Typed {
  throw unresolved(name);
}

export function unresolved(name: string): SqlFailure {
  return new SqlFailure(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    '42703',
    `A column with name ${inBackticks(name)} cannot be resolved.`,
  );
}

export function ambiguous(name: string): SqlFailure {
  return new SqlFailure(
    'AMBIGUOUS_REFERENCE',
    '42704',
    `${inBackticks(name)} stands for more than one column; name its table or use aliases.`,
  );
}

/** Names are the same whatever their case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Finds columns in the sources of FROM; undefined when there is none. @throws SqlFailure AMBIGUOUS_REFERENCE */
export function findColumn(sources: readonly Source[], name: string, table: string | undefined): Typed | undefined {
  const found = sources
    .filter((source) => table === undefined || sameName(source.name, table))
    .flatMap((source) => columnsOf(source).filter((column) => sameName(column.name, name)));
  const [column, ...more] = found;
  if (more.length > 0) {
    throw ambiguous(name);
  }
  return column;
}

/** All columns of a source, spelled for DuckDB. */
export function columnsOf(source: Source): (NamedType & Typed)[] {
  return source.columns.map(({ name, type }) => ({ name, type, sql: `${quoted(source.name)}.${quoted(name)}` }));
}
