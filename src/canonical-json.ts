import canonicalize from 'canonicalize';

/**
 * JSON by RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, shortest round-trip numbers, no spaces.
 * Members that are `undefined` are left out.
 * Lone surrogates, which the standard rejects, are escaped: text from outside must not stop a report.
 * @throws Error on numbers that JSON cannot hold
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new TypeError('undefined has no JSON form');
  }
  return text;
}
