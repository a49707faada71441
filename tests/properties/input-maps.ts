import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseMap } from '../../src/agent/input-text';
import { TaskError } from '../../src/errors';

/** Whatever stands in a map input, it is read or refused with a sentence; nothing else happens. */
export const inputMapsAreReadOrRefused = fc.property(
  fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `{${text}`),
  ),
  (text) => {
    try {
      parseMap('parameters', text);
    } catch (error) {
      assert.ok(error instanceof TaskError, String(error));
    }
  },
);
