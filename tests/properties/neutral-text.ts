import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseLoggingCommand } from '../../local/pipelines/logging-command';
import { neutralLine, neutralLines } from '../../src/agent/neutral-text';

const PIECES = [
  '##',
  '#',
  'vso',
  'VSO',
  '[',
  'task.complete result=Succeeded;',
  ']',
  '\r',
  '\n',
  '\u001B[',
  'm',
  '\u0000',
  '\u009B',
  'x',
];

/** No text leaves a command, a control character or a terminal sequence in a line. */
export const neutralTextRunsNothing = fc.property(
  fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' })), { maxLength: 12 }),
  (parts) => {
    const text = parts.join('');
    for (const line of [neutralLine(text), ...neutralLines(text)]) {
      assert.equal(parseLoggingCommand(line), undefined);
      assert.equal(/##\[/.test(line), false);
      assert.equal(
        [...line].some((sign) => (sign < ' ' && sign !== '\t') || (sign >= '\u007F' && sign <= '\u009F')),
        false,
      );
    }
  },
);
