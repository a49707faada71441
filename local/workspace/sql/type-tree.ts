import { TYPES } from './allow-list';
import { unsupported } from './failure';
import type { SqlType } from './sql-type';

/**
 * A type of the parser's tree.
 * @throws SqlFailure for a type that is not on the allow-list
 */
export function typeFromTree(tree: Readonly<Record<string, unknown>>): SqlType {
  const kind = String(tree.data_type);
  const name = TYPES[kind];
  if (name === undefined) {
    throw unsupported(`the type ${kind === 'custom' ? String(tree.name) : kind.replaceAll('_', '').toUpperCase()}`);
  }
  if (name === 'ARRAY') {
    return { name, element: typeFromTree(tree.element_type as Record<string, unknown>) };
  }
  if (name === 'DECIMAL') {
    const precision = Number(tree.precision ?? 10);
    const scale = Number(tree.scale ?? 0);
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) {
      throw unsupported(`the type DECIMAL(${precision},${scale})`);
    }
    return { name, precision, scale };
  }
  if (typeof tree.length === 'number') {
    throw unsupported(`a length at the type ${name}`);
  }
  return { name };
}
