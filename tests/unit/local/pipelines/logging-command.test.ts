import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeCommandData, parseLoggingCommand } from '../../../../local/pipelines/logging-command';

type Expected = readonly [name: string, properties: Readonly<Record<string, string>>, data: string];

/** Command strings with what the agent makes of them: area and event, properties, data. */
const COMMANDS: readonly (readonly [line: string, expected: Expected])[] = [
  ['##vso[area.event k1=v1;]msg', ['area.event', { k1: 'v1' }, 'msg']],
  ['##vso[area.event]', ['area.event', {}, '']],
  ['##vso[area.event]msg', ['area.event', {}, 'msg']],
  ['##vso[area.event k1=%3B=%0D=%0A=%5D;]%3B-%0D-%0A-%5D', ['area.event', { k1: ';=\r=\n=]' }, ';-\r-\n-]']],
  ['##vso[area.event k1=%AZP25;]%AZP253B', ['area.event', { k1: '%' }, '%3B']],
  ['##vso[area.event k1=;k2=;]', ['area.event', {}, '']],
  ['>>>   ##vso[area.event k1=v1;]msg', ['area.event', { k1: 'v1' }, 'msg']],
  ['2026-01-01 INFO ##vso[area.event]late', ['area.event', {}, 'late']],
  ['##vso[area.event k1=v1]msg', ['area.event', { k1: 'v1' }, 'msg']],
  ['##vso[area.event k1=v1;k2=v2]msg', ['area.event', { k1: 'v1', k2: 'v2' }, 'msg']],
  ['##vso[area.event k1=v1; k2=v2]msg', ['area.event', { k1: 'v1', ' k2': 'v2' }, 'msg']],
  ['##vso[area.event  k1=v1]msg', ['area.event', { ' k1': 'v1' }, 'msg']],
  ['##vso[area.event k1 =v1]', ['area.event', { 'k1 ': 'v1' }, '']],
  ['##vso[area.event k1= v1]', ['area.event', { k1: ' v1' }, '']],
  ['##vso[area.event k1=a=b]', ['area.event', { k1: 'a=b' }, '']],
  ['##vso[area.event k1==b]', ['area.event', { k1: 'b' }, '']],
  ['##vso[area.event =k1=b]', ['area.event', { k1: 'b' }, '']],
  ['##vso[area.event k1=a==]', ['area.event', { k1: 'a==' }, '']],
  ['##vso[area.event k1==]', ['area.event', {}, '']],
  ['##vso[area.event k1]', ['area.event', {}, '']],
  ['##vso[area.event =v1]', ['area.event', {}, '']],
  ['##vso[area.event ;;;k1=v1;;;]', ['area.event', { k1: 'v1' }, '']],
  ['##vso[area.event k1=a;k1=b]', ['area.event', { k1: 'b' }, '']],
  ['##vso[area.event K1=a;k1=b]', ['area.event', { k1: 'b' }, '']],
  ['##vso[area.event Key=Value]', ['area.event', { key: 'Value' }, '']],
  ['##vso[Area.EVENT]x', ['area.event', {}, 'x']],
  ['##vso[area..event]x', ['area.event', {}, 'x']],
  ['##vso[.area.event.]x', ['area.event', {}, 'x']],
  ['##vso[area.event]a]b]', ['area.event', {}, 'a]b]']],
  ['##vso[area.event k1=a]b;k2=c]d', ['area.event', { k1: 'a' }, 'b;k2=c]d']],
  ['##vso[area.event]##vso[other.event]', ['area.event', {}, '##vso[other.event]']],
  ['##vso[area.event]  kept  ', ['area.event', {}, '  kept  ']],
  ['##vso[area.event]%3b', ['area.event', {}, '%3b']],
  ['##vso[area.event]%0d%0a', ['area.event', {}, '%0d%0a']],
  ['##vso[area.event]%25', ['area.event', {}, '%25']],
  ['##vso[area.event]%azp25', ['area.event', {}, '%azp25']],
  ['##vso[area.event]%AZP25AZP25', ['area.event', {}, '%AZP25']],
  ['##vso[area.event]%AZP250A', ['area.event', {}, '%0A']],
  ['##vso[area.event]100%', ['area.event', {}, '100%']],
  ['##vso[area.event k%3B=v]', ['area.event', { 'k%3b': 'v' }, '']],
  ['##vso[area.event k=ä]ö', ['area.event', { k: 'ä' }, 'ö']],
  ['####vso[area.event]x', ['area.event', {}, 'x']],
  ['\u001B[31m##vso[area.event]x\u001B[0m', ['area.event', {}, 'x\u001B[0m']],
];

const NO_COMMANDS = [
  '',
  'text',
  '##vso',
  '##vso[',
  '##vso[area.event',
  '##vso[]x',
  '##vso[area]x',
  '##vso[area.]x',
  '##vso[.event]x',
  '##vso[a.b.c]x',
  '##vso[ area.event]x',
  '##vso area.event]x',
  '##VSO[area.event]x',
  '##Vso[area.event]x',
  '# #vso[area.event]x',
  '#vso[area.event]x',
  '##[group]x',
  ']##vso[area.event',
];

describe('a logging command', () => {
  for (const [line, [name, properties, data]] of COMMANDS) {
    it(`is read from ${JSON.stringify(line)}`, () => {
      const command = parseLoggingCommand(line);
      assert.deepEqual(
        command && [`${command.area}.${command.event}`, Object.fromEntries(command.properties), command.data],
        [name, properties, data],
      );
    });
  }

  for (const line of NO_COMMANDS) {
    it(`is not in ${JSON.stringify(line)}`, () => {
      assert.equal(parseLoggingCommand(line), undefined);
    });
  }

  it('gives back any data that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        assert.equal(parseLoggingCommand(`##vso[a.b]${encodeCommandData(data)}`)?.data, data);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('gives back any property that was encoded and is not empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        fc.pre(!value.startsWith('='));
        assert.equal(parseLoggingCommand(`##vso[a.b k=${encodeCommandData(value)};]`)?.properties.get('k'), value);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
