import { SPELLINGS } from './macros';
import type { SqlType } from './sql-type';
import { doubleText, timestampText } from './values';

const TRUE = new RegExp(`^(?:${SPELLINGS.true})$`, 'i');

/**
 * How Spark spells a constant in the name of a column: by its value, not by its text (`Literal.sql`). What is not a value of the type
 * stays as it is; the cast refuses it.
 * @param text the constant as it was written or bound; null is SQL's NULL
 */
export function constantName(type: SqlType, text: string | null): string {
  if (text === null) {
    return 'NULL';
  }
  const trimmed = text.trim();
  switch (type.name) {
    case 'STRING':
      return text;
    case 'DOUBLE':
      return doubleText(Number(trimmed));
    case 'BOOLEAN':
      return String(TRUE.test(trimmed));
    case 'DATE':
      return `DATE '${dateText(trimmed) ?? text}'`;
    case 'TIMESTAMP':
      return `TIMESTAMP '${timeText(trimmed) ?? text}'`;
    case 'DECIMAL':
      return trimmed;
    default:
      return /^[+-]?\d+$/.test(trimmed) ? String(BigInt(trimmed.replace('+', ''))) : trimmed;
  }
}

function dateText(text: string): string | undefined {
  const [, year, month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  return year === undefined ? undefined : `${year}-${two(month)}-${two(day)}`;
}

const TIMESTAMP =
  /^([\d-]+)(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.](\d{1,6}))?)?)?(?: ?(?:Z|UTC|([+-]\d{2})(?::?(\d{2}))?))?$/;

/** In UTC, the time zone of a session here, and without zeros at the end of the fraction. */
function timeText(text: string): string | undefined {
  const [, day = '', hour = '0', minute = '0', second = '0', fraction = '', zoneHour, zoneMinute = '00'] =
    TIMESTAMP.exec(text) ?? [];
  const date = dateText(day);
  const zone = zoneHour === undefined ? 'Z' : `${zoneHour}:${zoneMinute}`;
  const milliseconds = Date.parse(`${date}T${two(hour)}:${two(minute)}:${two(second)}${zone}`);
  if (date === undefined || Number.isNaN(milliseconds)) {
    return undefined;
  }
  const micros = BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0'));
  return timestampText(micros)
    .replace('T', ' ')
    .replace(/(?:\.0+|(\.\d*?)0*)Z$/, '$1');
}

function two(digits: string): string {
  return digits.padStart(2, '0');
}
