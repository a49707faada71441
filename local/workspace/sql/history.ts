import { SqlFailure } from './failure';
import { newest, type TableRecord, type TableVersion } from './table-records';
import { timestampText } from './values';

/** A point of a table's history: by number, or by time (milliseconds since the Unix epoch). */
export type HistoryPoint = { readonly version: number } | { readonly timestamp: number };

/**
 * The version of a table at a point; the newest when none is named.
 * @throws SqlFailure DELTA_VERSION_NOT_FOUND, or the classes of Delta for a time before the first or after the last version
 */
export function versionAt(table: TableRecord, point: HistoryPoint | undefined): TableVersion {
  if (point === undefined) {
    return newest(table);
  }
  return 'version' in point ? numbered(table, point.version) : atTime(table, point.timestamp);
}

function numbered(table: TableRecord, version: number): TableVersion {
  const found = table.versions.find((candidate) => candidate.version === version);
  if (found === undefined) {
    throw new SqlFailure(
      'DELTA_VERSION_NOT_FOUND',
      '22003',
      `Cannot time travel Delta table to version ${version}. Available versions: [0, ${newest(table).version}].`,
    );
  }
  return found;
}

function atTime(table: TableRecord, timestamp: number): TableVersion {
  const last = newest(table);
  const found = table.versions.filter((candidate) => candidate.timestamp <= timestamp).at(-1);
  if (found === undefined) {
    throw new SqlFailure(
      'DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION',
      '42816',
      `The provided timestamp (${text(timestamp)}) is before the earliest version available to this table (${text(table.versions[0]?.timestamp ?? 0)}). Use a timestamp after it.`,
    );
  }
  if (timestamp > last.timestamp) {
    throw new SqlFailure(
      'DELTA_TIMESTAMP_GREATER_THAN_COMMIT',
      '42816',
      `The provided timestamp (${text(timestamp)}) is after the latest version available to this table (${text(last.timestamp)}). Use a timestamp before or at it.`,
    );
  }
  return found;
}

function text(milliseconds: number): string {
  return timestampText(BigInt(milliseconds) * 1000n);
}

/**
 * The time that a text names, in UTC unless it carries an offset.
 * @throws SqlFailure DELTA_TIMESTAMP_INVALID
 */
export function millisecondsOf(value: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?) ?(Z|UTC|[+-]\d{2}:\d{2})?)?$/.exec(
    value.trim(),
  );
  const zone = parts?.[3] === undefined || parts[3] === 'UTC' ? 'Z' : parts[3];
  const time = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${zone}`);
  if (Number.isNaN(time)) {
    throw new SqlFailure(
      'DELTA_TIMESTAMP_INVALID',
      '42816',
      `The provided timestamp (${value}) cannot be converted to a valid timestamp.`,
    );
  }
  return time;
}
