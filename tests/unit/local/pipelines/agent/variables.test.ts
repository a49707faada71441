import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JobVariables } from '../../../../../local/pipelines/agent/job-variables';
import { SecretMasker } from '../../../../../local/pipelines/agent/secret-masker';

/** Values of secret variables begin with `!` here, of read-only ones with `=`. */
function variables(values: Readonly<Record<string, string>>): { known: JobVariables; masker: SecretMasker } {
  const masker = new SecretMasker();
  const initial = Object.entries(values).map(
    ([name, value]) =>
      [
        name,
        { value: value.replace(/^[!=]/, ''), secret: value.startsWith('!'), readOnly: value.startsWith('=') },
      ] as const,
  );
  return { known: new JobVariables(initial, masker), masker };
}

/** A text with macros, the variables there are, and what comes out. */
const MACROS: readonly (readonly [text: string, values: Readonly<Record<string, string>>, expanded: string])[] = [
  ['$(a)', { a: '1' }, '1'],
  ['x$(a)y', { a: '1' }, 'x1y'],
  ['$(a)$(b)', { a: '1', b: '2' }, '12'],
  ['$(A)', { a: '1' }, '1'],
  ['$(a)', { A: '1' }, '1'],
  ['$(nothing)', { a: '1' }, '$(nothing)'],
  ['$()', { a: '1' }, '$()'],
  ['$(', { a: '1' }, '$('],
  ['$(a', { a: '1' }, '$(a'],
  ['$a', { a: '1' }, '$a'],
  ['${a}', { a: '1' }, '${a}'],
  ['$[variables.a]', { a: '1' }, '$[variables.a]'],
  ['$(a)', { a: '' }, ''],
  ['$( a )', { a: '1' }, '$( a )'],
  ['$(a.b)', { 'a.b': '1' }, '1'],
  ['$(a b)', { 'a b': '1' }, '1'],
  ['$(x$(a))', { a: '1', x1: '2' }, '$(x1)'],
  ['$($(a))', { a: '1' }, '$(1)'],
  ['$($(a)', { a: '1' }, '$(1'],
  ['$$(a)', { a: '1' }, '$1'],
  ['$(a)(b)', { a: '1' }, '1(b)'],
  ['$(pwd) $(a)', { a: '1' }, '$(pwd) 1'],
  ['echo $(date +%s)', {}, 'echo $(date +%s)'],
  // A value is not searched again; what is in a variable was expanded before.
  ['$(a)', { a: '$(nothing)' }, '$(nothing)'],
  ['$(a)', { a: '$(b)', b: '2' }, '2'],
  ['$(a)', { a: 'x$(b)y', b: '$(c)', c: '3' }, 'x3y'],
  ['$(a)', { a: '$(b)$(b)', b: '2' }, '22'],
  ['$(a)', { a: '$(B)', b: '2' }, '2'],
  ['$(a)', { a: '$(b) $(nothing)', b: '2' }, '2 $(nothing)'],
  // One that leads back to itself keeps its macros.
  ['$(a)', { a: '$(a)' }, '$(a)'],
  ['$(a)', { a: '$(b)', b: '$(a)' }, '$(b)'],
  ['$(b)', { a: '$(b)', b: '$(a)' }, '$(a)'],
  ['$(c)', { a: '$(b)', b: '$(a)', c: '$(d)', d: '4' }, '4'],
  ['$(a)', { a: '$(A)' }, '$(A)'],
  ['$(a)', { a: '$(b)x', b: '$(c)', c: '$(b)' }, '$(b)x'],
  ['$(a)', { a: '$(b' }, '$(b'],
];

describe('variables of a job', () => {
  for (const [text, values, expanded] of MACROS) {
    it(`make ${JSON.stringify(text)} with ${JSON.stringify(values)} to ${JSON.stringify(expanded)}`, () => {
      assert.equal(variables(values).known.expand(text), expanded);
    });
  }

  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [`v${index}`, index + 1 === length ? 'end' : `$(v${index + 1})`]),
    );

  it('are expanded through 50 of them', () => {
    assert.equal(variables(chain(50)).known.get('v0'), 'end');
    assert.deepEqual(variables(chain(50)).known.recalculate(), []);
  });

  it('keep their macros beyond 50, with a warning for each that leads so deep', () => {
    const { known } = variables(chain(52));
    assert.deepEqual([known.get('v0'), known.get('v1'), known.get('v2')], ['$(v1)', '$(v2)', 'end']);
    assert.deepEqual(
      known.recalculate().map(({ name }) => name),
      ['v0', 'v1'],
    );
  });

  it('warn of one that leads back to itself', () => {
    const [warning] = variables({ a: '$(b)', b: '$(b)' }).known.recalculate();
    assert.match(warning?.message ?? '', /'a' is not expanded: its macros lead back to 'b'/);
  });

  it('become secret when they contain a secret one, and what comes out is masked', () => {
    const { known, masker } = variables({ url: 'https://$(host)/?t=$(token)', host: 'h', token: '!tok' });
    assert.deepEqual(
      known.secret().map(({ name }) => name),
      ['url', 'token'],
    );
    assert.equal(masker.mask('https://h/?t=tok'), '***');
    assert.deepEqual(
      known.open().map(({ name }) => name),
      ['host'],
    );
  });

  it('inherit secrecy through one in between', () => {
    const { known } = variables({ a: '$(b)', b: '$(c)', c: '!s' });
    assert.equal(known.all().get('a')?.secret, true);
  });

  it('do not inherit secrecy from one that is not expanded', () => {
    assert.equal(variables({ a: '$(b)', b: '!$(a)' }).known.all().get('a')?.secret, false);
  });

  it('that are set stay as they are set, until the next expansion', () => {
    const { known } = variables({ b: '2' });
    known.set('a', '$(b)');
    assert.equal(known.get('a'), '$(b)');
    known.recalculate();
    assert.equal(known.get('a'), '2');
  });

  it('stay secret when they are set again', () => {
    const { known, masker } = variables({ a: '!old' });
    known.set('A', 'newer');
    assert.equal(known.all().get('A')?.secret, true);
    assert.equal(masker.mask('newer'), '***');
  });

  it('stay read-only when they are set again', () => {
    const { known } = variables({ a: '=1' });
    known.set('a', '2');
    assert.equal(known.isReadOnly('A'), true);
    assert.equal(known.get('a'), '2');
  });

  for (const [name, readOnly] of [
    ['Build.BuildNumber', true],
    ['build.buildnumber', true],
    ['Agent.JobStatus', true],
    ['System.AccessToken', true],
    ['Build.Reason', false],
    ['own', false],
  ] as const) {
    it(`${name} is ${readOnly ? '' : 'not '}read-only where it exists`, () => {
      assert.equal(variables({ [name]: 'x' }).known.isReadOnly(name), readOnly);
      assert.equal(variables({}).known.isReadOnly(name), false);
    });
  }

  it('without a name are left out', () => {
    assert.deepEqual([...variables({ '': 'x', ' ': 'y', a: 'z' }).known.all().keys()], ['a']);
  });

  it('end the expansion of any values', () => {
    const text = fc
      .array(fc.constantFrom('$(', ')', 'a', 'b', 'c', '$', '(', 'x'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, shown) => {
        const { known } = variables({ a: `.${a}`, b: `.${b}`, c: `.${c}` });
        assert.equal(typeof known.expand(shown), 'string');
        assert.equal(known.expand(shown), known.expand(shown));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
