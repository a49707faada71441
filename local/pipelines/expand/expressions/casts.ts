import { isNode, type Primitive, type Value } from '../nodes';
import { parseVersion, type Version, versionText } from './version';

export type ValueKind = 'Null' | 'Boolean' | 'Number' | 'String' | 'Version' | 'Array' | 'Object';

/** A value that cannot be what a function needs. */
export class CastError extends Error {
  override readonly name = 'CastError';
  constructor(value: Value, to: ValueKind) {
    super(`${described(value)} cannot be read as ${to}`);
  }
}

export function kindOf(value: Value): ValueKind {
  switch (typeof value) {
    case 'boolean':
      return 'Boolean';
    case 'number':
      return 'Number';
    case 'string':
      return 'String';
    default:
      return value === null
        ? 'Null'
        : value.kind === 'version'
          ? 'Version'
          : value.kind === 'sequence'
            ? 'Array'
            : 'Object';
  }
}

/** False are only false, 0, the empty text and null; lists and mappings are true even when empty. */
export function toBoolean(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** Text form of whatever is no collection: `True`, `False`, empty for null, numbers without grouping. `undefined`: there is none. */
export function asText(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return numberText(value);
    default:
      return value === null ? '' : value.kind === 'version' ? versionText(value) : undefined;
  }
}

/** @throws CastError for a list or a mapping */
export function toText(value: Value): string {
  const text = asText(value);
  if (text === undefined) {
    throw new CastError(value, 'String');
  }
  return text;
}

/** Decimal text of up to 15 digits, as the service writes numbers; never `-0`, an exponent only beyond those digits. */
function numberText(value: number): string {
  const rounded = Number(value.toPrecision(15));
  return String(rounded === 0 ? 0 : rounded)
    .replace(/e([+-])(\d)$/, 'E$10$2')
    .replace('e', 'E');
}

const GROUPED_NUMBER = /^\s*[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)\s*$/;

/** `undefined` where there is no such number. A text may group its digits (`1,000`). */
export function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') {
    return value;
  }
  if (value === null) {
    return 0;
  }
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  return typeof value === 'string' && GROUPED_NUMBER.test(value) ? Number(value.replaceAll(',', '')) : undefined;
}

function asVersion(value: Value): Version | undefined {
  if (typeof value === 'string' || typeof value === 'number') {
    return parseVersion(String(value));
  }
  return isNode(value) || typeof value !== 'object' || value === null ? undefined : value;
}

/** A value as another kind, by the table of the page on expressions; `undefined` where the table has none. */
export function castTo(kind: ValueKind, value: Value): { readonly cast: Value } | undefined {
  const present = (cast: Value | undefined) => (cast === undefined ? undefined : { cast });
  switch (kind) {
    case 'Boolean':
      return { cast: toBoolean(value) };
    case 'String':
      return present(asText(value));
    case 'Number':
      return present(asNumber(value));
    case 'Version':
      return present(asVersion(value));
    case 'Null':
      return value === null || value === '' ? { cast: null } : undefined;
    default:
      return kindOf(value) === kind ? { cast: value } : undefined;
  }
}

/** A value as sentences name it, shortened. */
export function described(value: Value): string {
  if (isNode(value)) {
    return value.kind === 'sequence' ? 'A list' : 'A mapping';
  }
  return value === null ? 'Null' : `The ${kindOf(value)} ${shortened(value)}`;
}

function shortened(value: Primitive): string {
  const text = asText(value) ?? '';
  return `'${text.length > 60 ? `${text.slice(0, 60)}…` : text}'`;
}
