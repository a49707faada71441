import assert from 'node:assert/strict';

/** What the cases of a Python script saw, by name of the case (`tests/clients/python/client_cases.py`). */
export type Seen = Readonly<Record<string, unknown>>;

/**
 * One test for each case of a script that ran once for all, and one that says when script and table differ: no case goes unasserted.
 * @param expected what each case must have seen
 */
export function casesOf(seen: () => Seen, expected: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(expected)) {
    it(name.replaceAll('_', ' '), () => {
      const found = seen()[name];
      const failed = (found as { readonly failed?: unknown } | undefined)?.failed;
      assert.equal(failed, undefined, `the client failed:\n${failed}`);
      assert.deepEqual(found, value);
    });
  }

  it('every case of the script is asserted', () => {
    assert.deepEqual(Object.keys(seen()).sort(), Object.keys(expected).sort());
  });
}
