import { refuses } from '../../../../support/expand-pipeline';

const FAULTS: readonly (readonly [
  title: string,
  steps: string,
  place: string,
  part: string | RegExp,
  code?: string,
])[] = [
  [
    'IF in upper case',
    '- ${{ IF eq(1, 1) }}:\n  - script: a',
    '2:3',
    "'eq' is unexpected at position 4",
    'PIPELINE_EXPRESSION',
  ],
  [
    'EACH in upper case',
    "- ${{ EACH x IN split('a', ',') }}:\n  - script: a",
    '2:3',
    "'x' is unexpected at position 6",
    'PIPELINE_EXPRESSION',
  ],
  [
    'ELSE in upper case',
    '- ${{ if false }}:\n  - script: a\n- ${{ ELSE }}:\n  - script: b',
    '4:3',
    "'ELSE' is unknown",
    'PIPELINE_EXPRESSION',
  ],
  [
    'an unknown directive',
    "- ${{ foreach x in split('a', ',') }}:\n  - script: a",
    '2:3',
    "'x' is unexpected",
    'PIPELINE_EXPRESSION',
  ],
  ['if without condition', '- ${{ if }}:\n  - script: a', '2:3', 'has no condition'],
  [
    'if with two conditions',
    '- ${{ if eq(1, 1) eq(2, 2) }}:\n  - script: a',
    '2:3',
    "'eq' is unexpected",
    'PIPELINE_EXPRESSION',
  ],
  [
    'else if in two words',
    '- ${{ if false }}:\n  - script: a\n- ${{ else if true }}:\n  - script: b',
    '4:3',
    "Write 'elseif'",
  ],
  [
    'else with something after it',
    '- ${{ if false }}:\n  - script: a\n- ${{ else x }}:\n  - script: b',
    '4:3',
    "'else' takes nothing after it",
  ],
  [
    'insert with something after it',
    '- script: a\n  env:\n    ${{ insert x }}:\n      A: a',
    '4:5',
    "'insert' takes nothing",
  ],
  ['else alone', '- ${{ else }}:\n  - script: a', '2:3', "no 'if' before 'else'"],
  ['elseif alone', '- ${{ elseif true }}:\n  - script: a', '2:3', "no 'if' before 'elseif'"],
  [
    'elseif after else',
    '- ${{ if false }}:\n  - script: a\n- ${{ else }}:\n  - script: b\n- ${{ elseif true }}:\n  - script: c',
    '6:3',
    "no 'if' before 'elseif'",
  ],
  [
    'two else',
    '- ${{ if false }}:\n  - script: a\n- ${{ else }}:\n  - script: b\n- ${{ else }}:\n  - script: c',
    '6:3',
    "no 'if' before 'else'",
  ],
  [
    'else after a loop',
    "- ${{ if false }}:\n  - script: a\n- ${{ each x in split('a', ',') }}:\n  - script: b\n- ${{ else }}:\n  - script: c",
    '6:3',
    "no 'if' before 'else'",
  ],
  [
    'else after insert in a mapping',
    '- script: a\n  env:\n    ${{ if false }}:\n      A: a\n    ${{ insert }}:\n      B: b\n    ${{ else }}:\n      C: c',
    '8:5',
    "no 'if' before 'else'",
  ],
  ['each with on', "- ${{ each x on split('a', ',') }}:\n  - script: a", '2:3', 'is no loop'],
  ['each with IN', "- ${{ each x IN split('a', ',') }}:\n  - script: a", '2:3', 'is no loop'],
  ['each without collection', '- ${{ each x in }}:\n  - script: a', '2:3', 'is no loop'],
  [
    'each with too much',
    "- ${{ each x in split('a', ',') extra }}:\n  - script: a",
    '2:3',
    "'extra' is unexpected",
    'PIPELINE_EXPRESSION',
  ],
  [
    'a loop variable named as a function',
    "- ${{ each eq in split('a', ',') }}:\n  - script: a",
    '2:3',
    'the name of a function',
  ],
  ['a loop variable named in', "- ${{ each in in split('a', ',') }}:\n  - script: a", '2:3', 'the name of a function'],
  [
    'a loop variable named variables',
    "- ${{ each variables in split('a', ',') }}:\n  - script: a",
    '2:3',
    'already in use',
  ],
  [
    'a loop variable named parameters',
    "- ${{ each parameters in split('a', ',') }}:\n  - script: a",
    '2:3',
    'already in use',
  ],
  [
    'a loop variable of the loop around',
    "- ${{ each x in split('a', ',') }}:\n  - ${{ each X in split('a', ',') }}:\n    - script: a",
    '3:5',
    'already in use',
  ],
  [
    'a loop variable after its loop',
    "- ${{ each x in split('a', ',') }}:\n  - script: ${{ x }}\n- script: ${{ x }}",
    '4:11',
    "'x' is unknown",
    'PIPELINE_EXPRESSION',
  ],
  ['each over a text', "- ${{ each x in 'abc' }}:\n  - script: a", '2:3', "The String 'abc' cannot be looped over"],
  ['each over null', '- ${{ each x in variables.noSuch }}:\n  - script: a', '2:3', 'Null cannot be looped over'],
  [
    'a condition that cannot be evaluated',
    "- ${{ if lt(1, 'x') }}:\n  - script: a",
    '2:3',
    'cannot be read as Number',
    'PIPELINE_EXPRESSION',
  ],
  [
    'a condition with an unknown parameter',
    '- ${{ if parameters.x }}:\n  - script: a',
    '2:3',
    "no parameter 'x'",
    'PIPELINE_EXPRESSION',
  ],
  ['a directive as a value', '- script: ${{ if eq(1, 1) }}', '2:11', 'stands where a value is expected'],
  ['a directive as an item', '- ${{ insert }}', '2:3', 'stands where a value is expected'],
  [
    'a list as the body of if in a mapping',
    '- script: a\n  env:\n    ${{ if true }}:\n    - A',
    '4:5',
    'inserts a list into a mapping',
  ],
  [
    'a text as the body of insert',
    "- script: a\n  env:\n    ${{ insert }}: ${{ 'x' }}",
    '4:5',
    'inserts a text into a mapping',
  ],
  ['nothing as the body of insert', '- script: a\n  env:\n    ${{ insert }}:', '4:5', 'inserts a text into a mapping'],
  ['a key twice', '- script: a\n  env:\n    A: a\n    A: b', '5:5', "'A' comes twice", 'PIPELINE_SHAPE'],
  [
    'a key twice in another case',
    '- script: a\n  env:\n    A: a\n    a: b',
    '5:5',
    "'a' comes twice",
    'PIPELINE_SHAPE',
  ],
  [
    'a key that insert brings again',
    '- script: a\n  env:\n    A: a\n    ${{ insert }}:\n      a: b',
    '6:7',
    "'a' comes twice",
    'PIPELINE_SHAPE',
  ],
  [
    'a key that a loop brings again',
    "- script: a\n  env:\n    A: a\n    ${{ each x in split('A', ',') }}:\n      ${{ x }}: b",
    '6:7',
    "'A' comes twice",
    'PIPELINE_SHAPE',
  ],
  ['a list as a key', "- script: a\n  env:\n    ${{ split('a', ',') }}: b", '4:5', 'is a list', 'PIPELINE_EXPRESSION'],
  [
    'a list in a text',
    "- script: a ${{ split('a', ',') }}",
    '2:11',
    'A list cannot be written into a text',
    'PIPELINE_EXPRESSION',
  ],
  [
    'blanks around a list',
    "- script: \" ${{ split('a', ',') }}\"",
    '2:11',
    'A list cannot be written into a text',
    'PIPELINE_EXPRESSION',
  ],
  ['an unclosed expression', '- script: ${{ variables.a', '2:11', 'is not closed', 'PIPELINE_EXPRESSION'],
  ['an unclosed quote', "- script: ${{ 'abc }}", '2:11', 'is not closed', 'PIPELINE_EXPRESSION'],
];

describe('directives that are wrong', () => {
  for (const [title, steps, place, part, code = 'PIPELINE_DIRECTIVE'] of FAULTS) {
    it(title, () => refuses(`steps:\n${steps}\n`, code, place, part));
  }

  it('refuses a directive in a repository resource', () => {
    refuses(
      'resources:\n  repositories:\n  - ${{ if true }}:\n    - repository: a\nsteps:\n- script: a\n',
      'PIPELINE_DIRECTIVE',
      '3:5',
      'A directive stands in a repository resource',
    );
  });
});
