import { isNode, type Value } from '../nodes';
import { asNumber, CastError, castTo, kindOf } from './casts';
import { compareVersions, type Version } from './version';

/** Texts compare letter by letter without regard to case. */
export function sameText(left: string, right: string): boolean {
  return left === right || left.toUpperCase() === right.toUpperCase();
}

/** Equal after the right one is cast to the kind of the left one; not equal where it cannot be. Collections are equal only to themselves. */
export function equal(left: Value, right: Value): boolean {
  const cast = castTo(kindOf(left), right);
  if (cast === undefined) {
    return false;
  }
  const other = cast.cast;
  if (typeof left === 'string' && typeof other === 'string') {
    return sameText(left, other);
  }
  if (isVersion(left) && isVersion(other)) {
    return compareVersions(left, other) === 0;
  }
  return left === other;
}

/** Less than 0, 0 or more than 0. @throws CastError where the right one cannot be cast to the kind of the left one */
export function compare(left: Value, right: Value): number {
  if (isNode(left)) {
    throw new CastError(left, 'Number');
  }
  const cast = castTo(kindOf(left), right);
  if (cast === undefined) {
    throw new CastError(right, kindOf(left));
  }
  const other = cast.cast;
  if (typeof left === 'string' && typeof other === 'string') {
    const [a, b] = [left.toUpperCase(), other.toUpperCase()];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (isVersion(left) && isVersion(other)) {
    return compareVersions(left, other);
  }
  return (asNumber(left) ?? 0) - (asNumber(other) ?? 0);
}

function isVersion(value: Value): value is Version {
  return typeof value === 'object' && value !== null && value.kind === 'version';
}
