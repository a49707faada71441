import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSecretParameter, SecretMasker } from '../../../../../local/pipelines/agent/secret-masker';

function masked(secrets: readonly string[], text: string): string {
  const masker = new SecretMasker();
  for (const secret of secrets) {
    masker.add(secret);
  }
  return masker.mask(text);
}

/** Everything but letters, digits and `-._~`, as .NET escapes data of a URI; JavaScript leaves five signs more. */
function uriData(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[\w\-.~]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

const VECTORS: readonly (readonly [what: string, secrets: readonly string[], text: string, expected: string])[] = [
  ['the secret itself', ['s3cr3t'], 'a s3cr3t b', 'a *** b'],
  ['every occurrence', ['abc'], 'abc-abc', '***-***'],
  ['upper and lower case as they are', ['abc'], 'ABC', 'ABC'],
  ['the longest of two', ['abc', 'abcdef'], 'abcdef', '***'],
  ['overlapping ones as one', ['abcd', 'cdef'], 'abcdef', '***'],
  ['touching ones as one', ['abc', 'def'], 'abcdef', '***'],
  ['overlaps with itself', ['aa'], 'xaaay', 'x***y'],
  ['one of a single character', ['q'], 'q and r', '*** and r'],
  ['nothing for a blank one', [' \t'], 'a \t b', 'a \t b'],
  ['nothing for an empty one', [''], 'abc', 'abc'],
  ['each line of several', ['first line\nsecond line'], 'second line', '***'],
  ['each line of several with CR LF', ['first line\r\nsecond line'], 'x first line', 'x ***'],
  ['no short line of several', ['{\n"key"\n}'], '{ } "key"', '{ } ***'],
  ['line breaks as a command writes them', ['ab\ncd'], 'ab%0Acd', '***'],
  ['the form of command data', ['a;b]c%d'], 'a%3Bb%5Dc%AZP25d', '***'],
  ['the JSON form', ['pa"ss\\word'], '{"p":"pa\\"ss\\\\word"}', '{"p":"***"}'],
  ['the JSON form of control characters', ['tab\there'], '"tab\\there"', '"***"'],
  ['the JSON form of a line separator', ['one\u2028two'], 'one\\u2028two', '***'],
  ['the URL form', ['a b/c?d'], 'q=a%20b%2Fc%3Fd', 'q=***'],
  ['the URL form of signs that JavaScript keeps', ["a'b(c)!*"], 'a%27b%28c%29%21%2A', '***'],
  ['the URL form of a broken surrogate', ['a\uD800b'], 'a%EF%BF%BDb', '***'],
  ['the form without escapes', ['a\\\\b\\"c'], 'a\\b"c', '***'],
  ['the form without double quotes', ['"quoted"'], 'quoted', '***'],
  ['the form without single quotes', ["'quoted'"], 'quoted', '***'],
  ['no form without one quote', ['"half'], 'half', 'half'],
  ['a password in a URL', [], 'https://user:hunter2@host/x', 'https://user:***@host/x'],
  ['a password in each URL of a line', [], 'a://b:c@d e://f:g@h', 'a://b:***@d e://f:***@h'],
  ['no user without a password', [], 'https://user@host:80/x', 'https://user@host:80/x'],
  ['text with signs of regular expressions', ['a.c$^(x)'], 'abc$^(x) a.c$^(x)', 'abc$^(x) ***'],
];

describe('the masker', () => {
  for (const [what, secrets, text, expected] of VECTORS) {
    it(`masks ${what}`, () => {
      assert.equal(masked(secrets, text), expected);
    });
  }

  it('leaves no secret of three characters or more in any text, in none of its forms', () => {
    // The JSON form that the agent knows has three line separators escaped, which `JSON.stringify` leaves as they are.
    const secret = fc
      .string({ unit: 'grapheme', minLength: 3, maxLength: 20 })
      .filter((text) => text.trim() !== '' && !/[*\u0085\u2028\u2029]/.test(text));
    const around = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(around, { maxLength: 5 }),
        fc.integer({ min: 0, max: 2 }),
        (secrets, texts, form) => {
          const written = secrets.map((text) =>
            form === 0 ? text : form === 1 ? JSON.stringify(text).slice(1, -1) : uriData(text),
          );
          const text = texts.map((part, index) => part + (written[index % written.length] ?? '')).join('');
          const shown = masked(secrets, text);
          for (const hidden of [...secrets, ...written]) {
            assert.ok(!shown.includes(hidden), `${JSON.stringify(hidden)} in ${JSON.stringify(shown)}`);
          }
        },
      ),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('changes nothing in text without secrets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('//'));
        assert.equal(masked(['not-in-there-0123456789'], text), text);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('knows which parameters of a connection are secrets', () => {
    assert.deepEqual(
      ['apitoken', 'servicePrincipalKey', 'TenantId', 'tenantid', 'Scope', 'serviceprincipalid'].map(isSecretParameter),
      [true, true, false, false, false, true],
    );
  });
});
