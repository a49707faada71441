import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { mapping, textScalar } from '../../../../../local/pipelines/expand/nodes';
import { printPipeline } from '../../../../../local/pipelines/expand/print';

const FRAME = { file: 'azure-pipelines.yml', repository: 'self', path: '/azure-pipelines.yml', level: 0 };
const AT = { frame: FRAME, line: 1, column: 1 };
const STYLES = ['plain', 'quoted', 'block'] as const;

function printed(text: string, style: (typeof STYLES)[number]): string {
  return printPipeline(mapping([{ key: textScalar(`key ${text}`, AT), value: textScalar(text, AT, style) }], AT));
}

/** What moves a cursor, colours, rings or turns the direction of a terminal, and what YAML wants escaped. */
const ACTS = /[\p{Cc}\p{Cs}\u2028\u2029\uFEFF\uFFFE\uFFFF\p{Bidi_Control}]/u;

describe('an expanded pipeline as text', () => {
  for (const [what, text, shown] of [
    ['a colour', 'a\u001B[31mb', '"a\\e[31mb"'],
    ['a colour by one sign', 'a\u009B31mb', '"a\\x9b31mb"'],
    ['a carriage return', 'safe\rgone', '"safe\\rgone"'],
    ['a bell', 'a\u0007', '"a\\a"'],
    ['a turned direction', 'a\u202Eb', '"a\\u202eb"'],
    ['a separator of lines', 'a\u2028b', '"a\\u2028b"'],
    ['a next line', 'a\u0085b', '"a\\x85b"'],
    ['a byte order mark', '\uFEFFa', '"\\ufeffa"'],
  ] as const) {
    for (const style of STYLES) {
      it(`shows ${what} that was ${style}, and means it`, () => {
        const yaml = printed(text, style);
        assert.ok(yaml.includes(`: ${shown}\n`), JSON.stringify(yaml));
        assert.equal(parse(yaml)[`key ${text}`], text);
      });
    }
  }

  for (const text of ['\n', 'a\n', 'a\n\n', ' \n\n\n', 'a']) {
    it(`ends with an empty line after ${JSON.stringify(text)}, which stays as it is`, () => {
      const yaml = printed(text, 'block');
      assert.match(yaml, /\n\n$/);
      assert.equal(parse(yaml)[`key ${text}`], text);
    });
  }

  it('holds nothing that acts at a terminal, whatever the texts are, and means what they mean', () => {
    const signs = fc.constantFrom(
      ...'ab \n\t\'"\\#:-{[\u0000\u0007\r\u001B\u007F\u0085\u009B\u200F\u202E\u2028\u2066\uFEFF\uD800é😀',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(signs, fc.string({ unit: 'binary', maxLength: 1 })), maxLength: 60 }),
        fc.constantFrom(...STYLES),
        (text, style) => {
          const yaml = printed(text, style);
          assert.doesNotMatch(yaml.replace(/[\n\t]/g, ''), ACTS);
          assert.equal(parse(yaml, { schema: 'failsafe' })[`key ${text}`], text);
        },
      ),
      { seed: 11, numRuns: 2_000 },
    );
  });
});
