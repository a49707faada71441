import assert from 'node:assert/strict';
import { environmentOf, stepsOf } from '../../../../support/expand-pipeline';

const OBJECT = `parameters:
- name: o
  type: object
  default:
    list: [alpha, beta]
    map: {FIRST: one, SECOND: two}
    numeric: {'10': ten, '2': two, '01': leading}
    empty: []
    none: {}
    flag: true
    steps:
    - script: echo one
    - script: echo two
    step: {script: echo single, displayName: Single}
    groups:
    - {name: a, colors: [red, green]}
    - {name: b, colors: [blue]}
- name: word
  type: string
  default: w
`;

/** Scripts of the steps of the first job, in order. */
function scripts(steps: string): readonly unknown[] {
  return stepsOf(`${OBJECT}steps:\n${steps}`).map((step) => (step['inputs'] as Record<string, unknown>)['script']);
}

const SEQUENCES: readonly (readonly [title: string, steps: string, scripts: readonly string[]])[] = [
  ['if that holds', '- ${{ if eq(1, 1) }}:\n  - script: a\n- script: b', ['a', 'b']],
  ['if that does not hold', '- ${{ if eq(1, 2) }}:\n  - script: a\n- script: b', ['b']],
  ['if without blanks', '- ${{if eq(1, 1)}}:\n  - script: a', ['a']],
  ['if with many blanks', '- ${{    if     eq(1, 1)    }}:\n  - script: a', ['a']],
  [
    'elseif',
    '- ${{ if false }}:\n  - script: a\n- ${{ elseif true }}:\n  - script: b\n- ${{ else }}:\n  - script: c',
    ['b'],
  ],
  [
    'else',
    '- ${{ if false }}:\n  - script: a\n- ${{ elseif 0 }}:\n  - script: b\n- ${{ else }}:\n  - script: c',
    ['c'],
  ],
  [
    'only the first that holds',
    '- ${{ if true }}:\n  - script: a\n- ${{ elseif true }}:\n  - script: b\n- ${{ else }}:\n  - script: c',
    ['a'],
  ],
  [
    'a chain with an ordinary item in it',
    '- ${{ if false }}:\n  - script: a\n- script: b\n- ${{ else }}:\n  - script: c',
    ['b', 'c'],
  ],
  [
    'else of the nearest if',
    '- ${{ if false }}:\n  - script: a\n- ${{ if true }}:\n  - script: b\n- ${{ else }}:\n  - script: c',
    ['b'],
  ],
  [
    'later conditions unread after one held',
    "- ${{ if true }}:\n  - script: a\n- ${{ elseif lt(1, 'x') }}:\n  - script: b",
    ['a'],
  ],
  [
    'a body unread where the condition does not hold',
    '- ${{ if false }}:\n  - script: ${{ parameters.noSuch }}\n- script: b',
    ['b'],
  ],
  ['a mapping as the body of if', '- ${{ if true }}:\n    script: a', ['a']],
  [
    'chains within bodies',
    '- ${{ if true }}:\n  - script: a\n  - ${{ if false }}:\n    - script: b\n  - ${{ else }}:\n    - script: c\n- ${{ else }}:\n  - script: d',
    ['a', 'c'],
  ],
  ['an empty list is true', '- ${{ if parameters.o.empty }}:\n  - script: a', ['a']],
  ['an empty text is false', "- ${{ if '' }}:\n  - script: a\n- ${{ else }}:\n  - script: b", ['b']],
  ['a boolean within an object', '- ${{ if parameters.o.flag }}:\n  - script: a', ['a']],
  ['each over a list', '- ${{ each x in parameters.o.list }}:\n  - script: echo ${{ x }}', ['echo alpha', 'echo beta']],
  [
    'each over a mapping in its order',
    '- ${{ each p in parameters.o.numeric }}:\n  - script: ${{ p.key }}=${{ p.value }}',
    ['10=ten', '2=two', '01=leading'],
  ],
  [
    'each over an empty list',
    '- script: a\n- ${{ each x in parameters.o.empty }}:\n  - script: ${{ x }}\n- script: b',
    ['a', 'b'],
  ],
  ['each over an empty mapping', '- ${{ each x in parameters.o.none }}:\n  - script: ${{ x }}\n- script: b', ['b']],
  [
    'each over the result of a function',
    "- ${{ each x in split('a in b', ' in ') }}:\n  - script: ${{ x }}",
    ['a', 'b'],
  ],
  [
    'each with a function named in',
    "- ${{ each x in split(format('{0}', in('b', 'b')), ',') }}:\n  - script: ${{ x }}",
    ['True'],
  ],
  [
    'each in each',
    '- ${{ each g in parameters.o.groups }}:\n  - ${{ each c in g.colors }}:\n    - script: ${{ g.name }}-${{ c }}',
    ['a-red', 'a-green', 'b-blue'],
  ],
  [
    'each with a name in any case',
    '- ${{ each ITEM in parameters.o.list }}:\n  - script: ${{ item }}',
    ['alpha', 'beta'],
  ],
  [
    'no index on items',
    '- ${{ each x in parameters.o.list }}:\n  - script: ${{ x }}:${{ x.index }}',
    ['alpha:', 'beta:'],
  ],
  [
    'two loops with the same name one after the other',
    '- ${{ each x in parameters.o.list }}:\n  - script: ${{ x }}\n- ${{ each x in parameters.o.list }}:\n  - script: ${{ x }}',
    ['alpha', 'beta', 'alpha', 'beta'],
  ],
  ['a list spliced into a list', '- ${{ parameters.o.steps }}\n- script: last', ['echo one', 'echo two', 'last']],
  ['a mapping as one item', '- ${{ parameters.o.step }}\n- script: last', ['echo single', 'last']],
  ['each over steps', '- ${{ each s in parameters.o.steps }}:\n  - ${{ s }}', ['echo one', 'echo two']],
  [
    'a step rebuilt from its pairs',
    '- ${{ each s in parameters.o.steps }}:\n  - ${{ each p in s }}:\n      ${{ p.key }}: ${{ p.value }}',
    ['echo one', 'echo two'],
  ],
  [
    'if within each',
    "- ${{ each x in parameters.o.list }}:\n  - ${{ if eq(x, 'beta') }}:\n    - script: ${{ x }}",
    ['beta'],
  ],
  ['insert as an item', '- ${{ insert }}: ${{ parameters.o.step }}', ['echo single']],
];

const MAPPINGS: readonly (readonly [title: string, env: string, values: Readonly<Record<string, string>>])[] = [
  ['if', 'A: a\n${{ if true }}:\n  B: b\nC: c', { A: 'a', B: 'b', C: 'c' }],
  ['else', '${{ if false }}:\n  A: a\n${{ else }}:\n  B: b', { B: 'b' }],
  [
    'elseif between ordinary keys',
    'X: x\n${{ if false }}:\n  A: a\n${{ elseif true }}:\n  A: b\n  E: e\n${{ else }}:\n  A: c\nY: y',
    { X: 'x', A: 'b', E: 'e', Y: 'y' },
  ],
  ['nothing held', 'X: x\n${{ if false }}:\n  A: a', { X: 'x' }],
  [
    'each over a mapping',
    'A: a\n${{ each p in parameters.o.map }}:\n  ${{ p.key }}: ${{ p.value }}',
    { A: 'a', FIRST: 'one', SECOND: 'two' },
  ],
  [
    'each over a list',
    '${{ each x in parameters.o.list }}:\n  N_${{ x }}: ${{ x }}',
    { N_alpha: 'alpha', N_beta: 'beta' },
  ],
  [
    'insert of an expression at its place',
    'A: a\n${{ insert }}: ${{ parameters.o.map }}\nZ: z',
    { A: 'a', FIRST: 'one', SECOND: 'two', Z: 'z' },
  ],
  ['insert of a mapping', '${{ insert }}:\n  A: a\n  B: b', { A: 'a', B: 'b' }],
  ['insert of nothing', 'A: a\n${{ insert }}: ${{ parameters.o.none }}', { A: 'a' }],
  [
    'two insertions',
    '${{ insert }}: ${{ parameters.o.map }}\n${{ insert }}:\n  B: b',
    { FIRST: 'one', SECOND: 'two', B: 'b' },
  ],
  ['two equal conditions', '${{ if eq(1, 1) }}:\n  A: a\n${{ if eq(1, 1) }}:\n  B: b', { A: 'a', B: 'b' }],
  [
    'insert within if',
    '${{ if true }}:\n  A: a\n  ${{ insert }}: ${{ parameters.o.map }}',
    { A: 'a', FIRST: 'one', SECOND: 'two' },
  ],
  ['the body of if by an expression', '${{ if true }}: ${{ parameters.o.map }}', { FIRST: 'one', SECOND: 'two' }],
  ['a key from an expression', "${{ upper('key') }}: v\nPRE_${{ parameters.word }}: w", { KEY: 'v', PRE_w: 'w' }],
  [
    'a boolean and a number as keys',
    '${{ true }}: a\n${{ 1.0 }}: b\n${{ 0.5 }}: c',
    { True: 'a', '1': 'b', '0.5': 'c' },
  ],
  ['null as a key', '${{ variables.noSuch }}: a', { '': 'a' }],
  ['a whole mapping by an expression', '', {}],
];

const SCALARS: readonly (readonly [title: string, value: string, text: string])[] = [
  ['a boolean in a text', 'pre-${{ true }}-post', 'pre-True-post'],
  ['null in a text', 'pre-${{ variables.noSuch }}-post', 'pre--post'],
  ['two expressions', "${{ 'a' }} then ${{ 'b' }}", 'a then b'],
  ['two expressions side by side', "${{ 'a' }}${{ 'b' }}", 'ab'],
  ['a number in a text', 'v${{ 1.0 }}', 'v1'],
  ['a version in a text', 'v${{ 1.2.3.4 }}', 'v1.2.3.4'],
  ['blanks around', "'  ${{ parameters.word }}  '", '  w  '],
  ['leading zeros', "${{ '0123' }}", '0123'],
  ['a text that looks like YAML', `"\${{ 'a: b' }}"`, 'a: b'],
  ['an escaped opening', "${{ 'my${{value' }}", 'my${{value'],
  ['an escaped quote', "${{ 'it''s' }}", "it's"],
  ['no second reading', "${{ '${{ parameters.word }}' }}", '${{ parameters.word }}'],
  ['runtime expressions stay', '$[ variables.x ]', '$[ variables.x ]'],
  ['macros stay', '$(word) $(${{ parameters.word }})', '$(word) $(w)'],
  ['a closing brace pair alone', 'a }} b', 'a }} b'],
  ['a dollar and a brace alone', '${x} $ {{ y }}', '${x} $ {{ y }}'],
];

describe('directives', () => {
  describe('in lists', () => {
    for (const [title, steps, wanted] of SEQUENCES) {
      it(title, () => assert.deepEqual(scripts(steps), wanted));
    }
  });

  describe('in mappings', () => {
    for (const [title, env, wanted] of MAPPINGS) {
      const lines = env === '' ? ' ${{ parameters.o.none }}' : `\n    ${env.replaceAll('\n', '\n    ')}`;
      it(title, () => {
        const found = environmentOf(`${OBJECT}steps:\n- script: x\n  env:${lines}\n`);
        assert.deepEqual(found, wanted);
        assert.deepEqual(Object.keys(found as object), Object.keys(wanted));
      });
    }

    it('gives the whole mapping by an expression, quoted or not', () => {
      for (const value of ['${{ parameters.o.map }}', '"${{ parameters.o.map }}"']) {
        assert.deepEqual(environmentOf(`${OBJECT}steps:\n- script: x\n  env: ${value}\n`), {
          FIRST: 'one',
          SECOND: 'two',
        });
      }
    });
  });

  describe('texts', () => {
    for (const [title, value, text] of SCALARS) {
      it(title, () =>
        assert.deepEqual(environmentOf(`${OBJECT}steps:\n- script: x\n  env:\n    V: ${value}\n`), { V: text }),
      );
    }

    it('keep the lines of a block', () => {
      assert.deepEqual(scripts('- script: |\n    echo a\n    echo ${{ parameters.word }}\n    echo b\n'), [
        'echo a\necho w\necho b\n',
      ]);
    });
  });
});
