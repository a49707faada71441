import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseLoggingCommand } from '../../../local/pipelines/logging-command';
import { neutralLine, neutralLines } from '../../../src/agent/neutral-text';
import { neutralTextRunsNothing } from '../../properties/neutral-text';

describe('neutral text', () => {
  for (const hostile of [
    '##vso[task.complete result=Succeeded]',
    'prefix ##VSO[task.setvariable variable=x]y',
    '##vSo[task.setsecret]abc',
    '\u001B[31m##vso[task.complete result=Succeeded;]\u001B[0m',
    '#\u001B[0m#vso[task.complete result=Failed;]',
    '##\u0000vso[task.complete result=Failed;]',
    'a\r##vso[task.debug]b',
    '####vso[task.debug]b',
    '##[error]not ours',
  ]) {
    it(`runs no command: ${JSON.stringify(hostile)}`, () => {
      for (const line of neutralLines(hostile)) {
        assert.equal(parseLoggingCommand(line), undefined);
        assert.doesNotMatch(line, /##\[/);
      }
    });
  }

  it('keeps ordinary text as it is', () => {
    assert.equal(
      neutralLine('Epoch 3/10 [=====] 84% loss=0.31 #tag ## heading'),
      'Epoch 3/10 [=====] 84% loss=0.31 #tag ## heading',
    );
  });

  it('makes one blank of each run of blanks that has a line break in it', () => {
    const blanks = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r', 'a'), maxLength: 12 });
    fc.assert(
      fc.property(blanks, (text) => {
        assert.equal(neutralLine(text), neutralLine(text.replace(/\s*\n\s*/g, ' ')));
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });

  it('leaves no command, control character or terminal sequence in any text', () => {
    fc.assert(neutralTextRunsNothing, { seed: 1, numRuns: 10_000 });
  });
});
