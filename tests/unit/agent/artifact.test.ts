import assert from 'node:assert/strict';
import { checkArtifactName } from '../../../src/agent/artifact';
import type { TaskError } from '../../../src/errors';

describe('the name of an artifact', () => {
  const SIGNS = { blank: ' ', dot: '.', underscore: '_', hyphen: '-' };

  it('may hold each sign that the error names, and no other', () => {
    const refused = Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code)).filter((sign) => {
      try {
        checkArtifactName(`a${sign}b`);
        return false;
      } catch (error) {
        const { code, options } = error as TaskError;
        assert.equal(code, 'INPUT_INVALID');
        assert.equal(
          options.todo,
          `Use letters, digits, ${Object.keys(SIGNS)
            .join(', ')
            .replace(/, hyphen/, ' and hyphen')}.`,
        );
        return true;
      }
    });
    const taken = Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code)).filter(
      (sign) => !refused.includes(sign),
    );
    assert.deepEqual(taken.filter((sign) => !/[A-Za-z0-9]/.test(sign)).sort(), Object.values(SIGNS).sort());
  });
});
