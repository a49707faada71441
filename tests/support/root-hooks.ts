import assert from 'node:assert/strict';
import { leaks } from './captured-output';

/** After the last test of a run: no secret and no row of data in anything that the run's steps showed. */
export const mochaHooks = {
  afterAll(): void {
    assert.deepEqual(leaks(), [], 'secrets or rows of data were shown');
  },
};
