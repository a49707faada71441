import assert from 'node:assert/strict';
import { environmentOf, expanded, refuses, stepsOf } from '../../../../support/expand-pipeline';

/** What a parameter is, as JSON, and as it is written into a text. */
function bound(type: string, value: string, more = ''): { readonly json: unknown; readonly text: unknown } {
  const declaration = `- name: p\n  type: ${type}\n  default: ${value}\n${more}`;
  const env = environmentOf(
    `parameters:\n${declaration}steps:\n- script: x\n  env:\n    J: \${{ convertToJson(parameters.p) }}\n`,
  ) as Record<string, string>;
  return { json: JSON.parse(env['J'] ?? ''), text: env['J'] };
}

const BINDINGS: readonly (readonly [type: string, value: string, json: unknown])[] = [
  ['string', 'text', 'text'],
  ['string', '42', '42'],
  ['string', 'true', 'true'],
  ['string', 'True', 'True'],
  ['string', '007', '007'],
  ['string', '1.0', '1.0'],
  ['string', '', ''],
  ['string', '~', ''],
  ['string', "'~'", '~'],
  ['string', 'yes', 'yes'],
  ['string', "${{ 'text' }}", 'text'],
  ['string', "${{ 'it''s' }}", "it's"],
  ['number', '8', 8],
  ['number', "'8'", 8],
  ['number', '1.0', 1],
  ['number', '0.5', 0.5],
  ['number', '-3', -3],
  ['number', '007', 7],
  ['number', "${{ '12' }}", 12],
  ['boolean', 'true', true],
  ['boolean', 'False', false],
  ['boolean', "'true'", true],
  ['boolean', 'TRUE', true],
  [
    'object',
    '{s: text, n: 3, f: 0.5, b: true, nil: , q: "3", l: [1, two], d: {x: {y: 1}}}',
    { s: 'text', n: 3, f: 0.5, b: true, nil: '', q: '3', l: [1, 'two'], d: { x: { y: 1 } } },
  ],
  ['object', 'text', 'text'],
  ['object', '5', 5],
  ['object', '', ''],
  ['object', '[]', []],
  ['object', '{}', {}],
  ['object', '[[1, 2], [3]]', [[1, 2], [3]]],
  ['stringList', '[a, 1, true]', ['a', '1', 'true']],
  ['step', '{script: a}', { task: 'CmdLine@2', inputs: { script: 'a' } }],
  [
    'stepList',
    '[{script: a}, {bash: b, displayName: B}]',
    [
      { task: 'CmdLine@2', inputs: { script: 'a' } },
      { task: 'Bash@3', displayName: 'B', inputs: { targetType: 'inline', script: 'b' } },
    ],
  ],
  ['stepList', '[]', []],
  [
    'job',
    '{job: a, pool: p, steps: [{script: a}]}',
    { job: 'a', pool: { name: 'p' }, steps: [{ task: 'CmdLine@2', inputs: { script: 'a' } }] },
  ],
  ['jobList', '[{job: a, dependsOn: b}]', [{ job: 'a', dependsOn: ['b'] }]],
  [
    'deployment',
    '{deployment: d, environment: e, strategy: {runOnce: {deploy: {steps: [{script: a}]}}}}',
    {
      deployment: 'd',
      environment: { name: 'e' },
      strategy: { runOnce: { deploy: { steps: [{ task: 'CmdLine@2', inputs: { script: 'a' } }] } } },
    },
  ],
  [
    'deploymentList',
    '[{deployment: d, environment: e, strategy: {runOnce: {}}}]',
    [{ deployment: 'd', environment: { name: 'e' }, strategy: { runOnce: {} } }],
  ],
  ['stage', '{stage: s, variables: {a: 1}}', { stage: 's', variables: [{ name: 'a', value: '1' }] }],
  ['stageList', '[{stage: s, dependsOn: ""}]', [{ stage: 's', dependsOn: [] }]],
  ['container', '{container: c, image: alpine}', { container: 'c', image: 'alpine' }],
  ['containerList', '[{container: c, image: alpine}]', [{ container: 'c', image: 'alpine' }]],
  ['environment', 'prod', 'prod'],
  ['filePath', 'a/b', 'a/b'],
  ['pool', 'p', 'p'],
  ['secureFile', 's', 's'],
  ['serviceConnection', 'c', 'c'],
];

const MISFITS: readonly (readonly [type: string, value: string, part: string | RegExp, place?: string])[] = [
  ['number', 'abc', "of type number, and 'abc' is none"],
  ['number', "''", "of type number, and '' is none"],
  ['number', '~', 'is none'],
  ['number', '[1]', 'a list, is none'],
  ['boolean', 'yes', "of type boolean, and 'yes' is none"],
  ['boolean', '1', "and '1' is none"],
  ['boolean', "''", "and '' is none"],
  ['string', '{a: b}', 'of type string, and what is given, a mapping, is none'],
  ['string', '[a]', 'a list, is none'],
  ['stringList', 'a', "of type stringList, and 'a' is none"],
  ['stringList', '[[a]]', 'a list, is none', '4:13'],
  ['stepList', 'nope', "of type stepList, and 'nope' is none"],
  ['step', '[{script: a}]', 'a list, is none'],
  ['jobList', '{job: a}', 'a mapping, is none'],
  ['container', 'alpine', "of type container, and 'alpine' is none"],
  ['containerList', '[alpine]', 'is none'],
];

const TEMPLATE = (declarations: string, body = 'V: ${{ convertToJson(parameters.p) }}') => ({
  't.yml': `${declarations}steps:\n- script: x\n  env:\n    ${body}\n`,
});

/** The parameter `p` of a template as JSON. */
function passed(declarations: string, given: string): unknown {
  const files = TEMPLATE(declarations);
  const env = environmentOf(`steps:\n- template: t.yml\n  parameters:\n    ${given}\n`, { files }) as Record<
    string,
    string
  >;
  return JSON.parse(env['V'] ?? '');
}

describe('parameters', () => {
  describe('of each type', () => {
    for (const [type, value, json] of BINDINGS) {
      it(`${type} from ${JSON.stringify(value)}`, () => assert.deepEqual(bound(type, value).json, json));
    }

    for (const [type, value, part, place = '4:12'] of MISFITS) {
      it(`refuses ${JSON.stringify(value)} as ${type}`, () => {
        refuses(
          `parameters:\n- name: p\n  type: ${type}\n  default: ${value}\nsteps:\n- script: x\n`,
          'PIPELINE_PARAMETER',
          place,
          part,
        );
      });
    }

    it('legacyObject makes texts of everything', () => {
      assert.deepEqual(
        passed('parameters:\n- name: p\n  type: legacyObject\n', 'p: {n: 3, b: true, nil: , l: [1, two]}'),
        { n: '3', b: 'true', nil: '', l: ['1', 'two'] },
      );
    });

    for (const type of ['environment', 'filePath', 'pool', 'secureFile', 'serviceConnection']) {
      it(`${type} is refused in a template`, () => {
        refuses(
          'steps:\n- template: t.yml\n',
          'PIPELINE_PARAMETER',
          't.yml:3:9',
          'exists only in the file that a run starts from',
          {
            files: TEMPLATE(`parameters:\n- name: p\n  type: ${type}\n  default: x\n`),
          },
        );
      });
    }

    it('legacyObject is refused where the run starts', () => {
      refuses(
        'parameters:\n- name: p\n  type: legacyObject\n  default: x\nsteps:\n- script: x\n',
        'PIPELINE_PARAMETER',
        '3:9',
        'exists only in templates',
      );
    });

    for (const type of ['String', 'bool', 'list', 'notAType', 'toString']) {
      it(`${type} is no type`, () => {
        refuses(
          `parameters:\n- name: p\n  type: ${type}\n  default: x\nsteps:\n- script: x\n`,
          'PIPELINE_PARAMETER',
          '3:9',
          `There is no parameter type '${type}'`,
        );
      });
    }
  });

  describe('declarations', () => {
    it('are of type string unless they say so', () => {
      assert.deepEqual(
        environmentOf(
          'parameters:\n- name: p\n  default: 5\nsteps:\n- script: x\n  env:\n    V: ${{ convertToJson(parameters.p) }}\n',
        ),
        { V: '"5"' },
      );
    });

    it('are kept in what is previewed', () => {
      assert.deepEqual(expanded('parameters:\n- name: p\n  default: 5\nsteps:\n- script: x\n')['parameters'], [
        { name: 'p', default: '5' },
      ]);
    });

    it('may be empty', () => {
      assert.equal(stepsOf('parameters:\nsteps:\n- script: x\n').length, 1);
    });

    const FAULTS: readonly (readonly [
      title: string,
      parameters: string,
      place: string,
      part: string,
      code?: string,
    ])[] = [
      ['twice the same name', '- name: p\n  default: a\n- name: P\n  default: b', '4:9', "'P' is declared twice"],
      ['no name', '- type: string', '2:3', 'has no name', 'PIPELINE_SHAPE'],
      ['an empty name', "- name: ''", '2:3', 'has no name', 'PIPELINE_SHAPE'],
      ['an unknown key', '- name: p\n  value: a', '3:3', "'value' is no key of a parameter", 'PIPELINE_SHAPE'],
      ['a text for the list', '  p', '2:3', 'parameters is a text', 'PIPELINE_SHAPE'],
      ['a text for a parameter', '- p', '2:3', 'A parameter is a text', 'PIPELINE_SHAPE'],
      ['a text for values', '- name: p\n  values: a', '3:11', 'values of parameter', 'PIPELINE_SHAPE'],
      [
        'a function as default',
        "- name: p\n  default: ${{ format('a') }}",
        '3:12',
        'An expression stands in the declaration',
      ],
      ['a parameter as default', '- name: p\n  default: ${{ parameters.q }}', '3:12', 'An expression stands'],
      ['a number expression as default', '- name: p\n  default: ${{ 42 }}', '3:12', 'An expression stands'],
      ['a mixed text as default', "- name: p\n  default: a ${{ 'b' }}", '3:12', 'An expression stands'],
      [
        'an expression deep in a default',
        '- name: p\n  type: object\n  default:\n    a: [ "${{ variables.x }}" ]',
        '5:10',
        'An expression stands',
      ],
      ['a default outside of values', '- name: p\n  default: c\n  values: [a, b]', '3:12', "'c' is no allowed value"],
      ['no value at all', '- name: p', '1:1', "'p' has no value and no default"],
      ['values instead of a default', '- name: p\n  values: [a, b]', '1:1', 'has no value and no default'],
      ['a mapping of parameters where the run starts', '  p: a', '2:3', 'parameters is a mapping', 'PIPELINE_SHAPE'],
    ];
    for (const [title, parameters, place, part, code = 'PIPELINE_PARAMETER'] of FAULTS) {
      it(`refuse ${title}`, () => refuses(`parameters:\n${parameters}\nsteps:\n- script: x\n`, code, place, part));
    }
  });

  describe('values', () => {
    const DECLARED = 'parameters:\n- name: p\n  values: [alpha, beta]\n';
    it('take one of them', () => assert.equal(passed(DECLARED, 'p: beta'), 'beta'));
    it('count case', () => {
      refuses(
        'steps:\n- template: t.yml\n  parameters:\n    p: ALPHA\n',
        'PIPELINE_PARAMETER',
        '4:8',
        "'ALPHA' is no allowed value of parameter 'p'",
        { files: TEMPLATE(DECLARED) },
      );
    });
    it('compare numbers as numbers', () =>
      assert.equal(passed('parameters:\n- name: p\n  type: number\n  values: [1, 2]\n', "p: '2'"), 2));
    it('hold for each text of a list', () => {
      const files = TEMPLATE('parameters:\n- name: p\n  type: stringList\n  values: [a, b]\n');
      refuses(
        'steps:\n- template: t.yml\n  parameters:\n    p: [a, zzz]\n',
        'PIPELINE_PARAMETER',
        '4:12',
        "'zzz' is no allowed value",
        { files },
      );
    });
    it('mean nothing to objects', () =>
      assert.equal(passed('parameters:\n- name: p\n  type: object\n  values: [a]\n', 'p: b'), 'b'));
  });

  describe('arguments', () => {
    it('are found by names in any case', () =>
      assert.equal(passed('parameters:\n- name: myParam\n- name: p\n  default: x\n', 'MYPARAM: a\n    P: b'), 'b'));
    it('are evaluated where they are written', () => {
      assert.equal(passed('parameters:\n- name: p\n', "p: ${{ format('{0}', 5) }}"), '5');
    });
    it('keep the kind that an expression gives', () => {
      assert.equal(passed('parameters:\n- name: p\n  type: object\n', 'p: ${{ eq(1, 1) }}'), true);
      assert.equal(passed('parameters:\n- name: p\n  type: boolean\n', 'p: ${{ eq(1, 2) }}'), false);
      assert.equal(passed('parameters:\n- name: p\n', 'p: ${{ true }}'), 'True');
      assert.deepEqual(passed('parameters:\n- name: p\n  type: object\n', "p: ${{ split('1,2', ',') }}"), ['1', '2']);
    });
    it('may be directives', () => {
      assert.equal(
        passed('parameters:\n- name: p\n', '${{ if true }}:\n      p: a\n    ${{ else }}:\n      p: b'),
        'a',
      );
    });
    it('may be one expression', () => {
      const files = TEMPLATE('parameters:\n- name: p\n');
      const pipeline =
        'parameters:\n- name: all\n  type: object\n  default: {p: whole}\nsteps:\n- template: t.yml\n  parameters: ${{ parameters.all }}\n';
      assert.deepEqual(environmentOf(pipeline, { files }), { V: '"whole"' });
    });
    it('do not reach the parameters of the template', () => {
      refuses(
        'steps:\n- template: t.yml\n  parameters:\n    p: ${{ parameters.p }}\n',
        'PIPELINE_EXPRESSION',
        '4:8',
        "no parameter 'p'",
        { files: TEMPLATE('parameters:\n- name: p\n') },
      );
    });
    it('are the only parameters of a template', () => {
      const files = TEMPLATE('parameters:\n- name: p\n', 'V: ${{ convertToJson(parameters) }}');
      const env = environmentOf(
        'parameters:\n- name: outer\n  default: o\nsteps:\n- template: t.yml\n  parameters: {p: ok}\n',
        { files },
      ) as Record<string, string>;
      assert.deepEqual(JSON.parse(env['V'] ?? ''), { p: 'ok' });
    });
    it('that are not declared are refused', () => {
      refuses(
        'steps:\n- template: t.yml\n  parameters:\n    p: a\n    q: b\n',
        'PIPELINE_PARAMETER',
        '5:5',
        /no parameter 'q'.*Declared are: p\./,
        { files: TEMPLATE('parameters:\n- name: p\n') },
      );
    });
    it('are taken by a template that declares nothing', () => {
      assert.equal(
        stepsOf('steps:\n- template: t.yml\n  parameters: {p: a}\n', { files: { 't.yml': 'steps:\n- script: x\n' } })
          .length,
        1,
      );
    });
    it('that are missing are named at the reference', () => {
      refuses('steps:\n- template: t.yml\n', 'PIPELINE_PARAMETER', '2:13', "'p' has no value and no default", {
        files: TEMPLATE('parameters:\n- name: p\n'),
      });
    });
    it('of the old form have defaults and no types', () => {
      assert.equal(passed('parameters:\n  p: one\n', 'q: x'), 'one');
      assert.equal(passed('parameters:\n  p: 1\n', 'p: 5'), '5');
      assert.deepEqual(passed("parameters:\n  p: ''\n", 'p: [a, b]'), ['a', 'b']);
    });
    it('that are steps may be templates themselves', () => {
      const files = {
        't.yml': 'parameters:\n- name: pre\n  type: stepList\nsteps:\n- ${{ parameters.pre }}\n',
        'inner.yml': 'parameters:\n- name: w\nsteps:\n- script: inner ${{ parameters.w }}\n',
      };
      const steps = stepsOf(
        'steps:\n- template: t.yml\n  parameters:\n    pre:\n    - template: inner.yml\n      parameters: {w: 1}\n    - script: own\n',
        { files },
      );
      assert.deepEqual(
        steps.map((step) => step['inputs']),
        [{ script: 'inner 1' }, { script: 'own' }],
      );
    });
    it('that are steps must be steps', () => {
      refuses(
        'steps:\n- template: t.yml\n  parameters:\n    pre:\n    - nope: 1\n',
        'PIPELINE_SHAPE',
        '5:7',
        "'nope' does not belong into step",
        { files: { 't.yml': 'parameters:\n- name: pre\n  type: stepList\nsteps:\n- ${{ parameters.pre }}\n' } },
      );
    });
    it('may be tested as the tasks that they become', () => {
      const files = {
        't.yml':
          "parameters:\n- name: pre\n  type: stepList\nsteps:\n- ${{ each s in parameters.pre }}:\n  - ${{ if ne(s.task, 'CmdLine@2') }}:\n    - ${{ s }}\n",
      };
      assert.deepEqual(
        stepsOf('steps:\n- template: t.yml\n  parameters:\n    pre:\n    - script: a\n    - bash: b\n', { files }).map(
          (step) => step['task'],
        ),
        ['Bash@3'],
      );
    });
  });
});
