import assert from 'node:assert/strict';
import { expandPipeline } from '../../../../../local/pipelines/expand/pipeline/expand-pipeline';
import type { RepositoryFiles } from '../../../../../local/pipelines/expand/templates/file-source';
import { expanded, type Files, refuses, stepsOf } from '../../../../support/expand-pipeline';

const SAY = (word: string) => `steps:\n- script: ${word}\n`;

function scripts(pipeline: string, files: Files): readonly unknown[] {
  return stepsOf(pipeline, { files }).map((step) => (step['inputs'] as Record<string, unknown>)['script']);
}

const OTHER = 'resources:\n  repositories:\n  - repository: other\n    type: git\n    name: p/r\n';

const REFERENCES: readonly (readonly [title: string, reference: string, files: Files, script: string])[] = [
  ['a file beside', 't.yml', { 't.yml': SAY('a') }, 'a'],
  ['a file in a folder', 'x/t.yml', { 'x/t.yml': SAY('a') }, 'a'],
  ['a leading dot', './x/t.yml', { 'x/t.yml': SAY('a') }, 'a'],
  ['a path from the root', '/x/t.yml', { 'x/t.yml': SAY('a') }, 'a'],
  ['backslashes', 'x\\t.yml', { 'x/t.yml': SAY('a') }, 'a'],
  ['@self', 'x/t.yml@self', { 'x/t.yml': SAY('a') }, 'a'],
  ['@SELF', 'x/t.yml@SELF', { 'x/t.yml': SAY('a') }, 'a'],
  ['an empty alias', 'x/t.yml@', { 'x/t.yml': SAY('a') }, 'a'],
  ['another repository', 't.yml@other', { 't.yml@other': SAY('a') }, 'a'],
  ['another repository in another case', 't.yml@OTHER', { 't.yml@other': SAY('a') }, 'a'],
  [
    'relative to the including file',
    'x/t.yml',
    { 'x/t.yml': 'steps:\n- template: y/u.yml\n', 'x/y/u.yml': SAY('a') },
    'a',
  ],
  ['one folder up', 'x/y/t.yml', { 'x/y/t.yml': 'steps:\n- template: ../u.yml\n', 'x/u.yml': SAY('a') }, 'a'],
  [
    'from the root within a template',
    'x/t.yml',
    { 'x/t.yml': 'steps:\n- template: /y/u.yml\n', 'y/u.yml': SAY('a') },
    'a',
  ],
  [
    'within the other repository',
    'x/t.yml@other',
    { 'x/t.yml@other': 'steps:\n- template: u.yml\n', 'x/u.yml@other': SAY('a') },
    'a',
  ],
  [
    'from the root of the other repository',
    'x/t.yml@other',
    { 'x/t.yml@other': 'steps:\n- template: /y/u.yml\n', 'y/u.yml@other': SAY('a') },
    'a',
  ],
  [
    'back to the pipeline',
    'x/t.yml@other',
    { 'x/t.yml@other': 'steps:\n- template: y/u.yml@self\n', 'y/u.yml': SAY('a') },
    'a',
  ],
  [
    'another repository, from a folder',
    'x/t.yml',
    { 'x/t.yml': 'steps:\n- template: u.yml@other\n', 'u.yml@other': SAY('a') },
    'a',
  ],
  ['an expression', "${{ format('{0}.yml', 't') }}", { 't.yml': SAY('a') }, 'a'],
];

const FAULTS: readonly (readonly [
  title: string,
  reference: string,
  files: Files,
  code: string,
  place: string,
  part: string | RegExp,
])[] = [
  ['no file', 'x.yml', {}, 'PIPELINE_TEMPLATE', '7:13', "no file 'x.yml' in repository 'self'"],
  ['another case', 'T.yml', { 't.yml': SAY('a') }, 'PIPELINE_TEMPLATE', '7:13', "no file 'T.yml'"],
  [
    'no file there',
    'x.yml@other',
    { 'y.yml@other': SAY('a') },
    'PIPELINE_TEMPLATE',
    '7:13',
    "no file 'x.yml' in repository 'other'",
  ],
  ['a blank at the end', "'t.yml '", { 't.yml': SAY('a') }, 'PIPELINE_TEMPLATE', '7:13', "no file 't.yml '"],
  [
    'an alias that is not declared',
    't.yml@nope',
    { 't.yml': SAY('a') },
    'PIPELINE_REPOSITORY',
    '7:13',
    "no repository resource 'nope'",
  ],
  [
    'two signs @',
    't.yml@self@self',
    { 't.yml': SAY('a') },
    'PIPELINE_REPOSITORY',
    '7:13',
    "no repository resource 'self@self'",
  ],
  ['files that are not here', 't.yml@other', {}, 'PIPELINE_REPOSITORY', '7:13', '--repository other=FOLDER'],
  [
    'a path out of the repository',
    '../t.yml',
    { 't.yml': SAY('a') },
    'PIPELINE_TEMPLATE',
    '7:13',
    'leaves its repository',
  ],
  ['an empty path', "''", {}, 'PIPELINE_TEMPLATE', '7:13', 'reference is empty'],
  ['a list', '[a]', {}, 'PIPELINE_SHAPE', '7:3', 'template is a list'],
  [
    'a template that includes itself',
    't.yml',
    { 't.yml': 'steps:\n- template: t.yml\n' },
    'PIPELINE_LIMIT',
    't.yml:2:13',
    't.yml includes itself',
  ],
  [
    'two that include each other',
    't.yml',
    { 't.yml': 'steps:\n- template: u.yml\n', 'u.yml': 'steps:\n- template: t.yml\n' },
    'PIPELINE_LIMIT',
    'u.yml:2:13',
    't.yml includes itself',
  ],
  [
    'jobs under steps',
    't.yml',
    { 't.yml': 'jobs:\n- job: a\n' },
    'PIPELINE_SHAPE',
    't.yml:1:1',
    "'jobs' does not belong into a template of steps",
  ],
  ['a list as a file', 't.yml', { 't.yml': '- script: a\n' }, 'PIPELINE_SHAPE', 't.yml:1:1', 'The file is no mapping'],
  ['broken YAML', 't.yml', { 't.yml': 'steps:\n- script: [a\n' }, 'PIPELINE_YAML', 't.yml:3:1', 'no valid YAML'],
  ['an anchor', 't.yml', { 't.yml': 'steps:\n- &a\n  script: a\n' }, 'PIPELINE_YAML', 't.yml:3:3', 'no YAML anchors'],
  [
    'two documents',
    't.yml',
    { 't.yml': 'steps: []\n---\nsteps: []\n' },
    'PIPELINE_YAML',
    't.yml:2:1',
    'several YAML documents',
  ],
  [
    'an unknown key of a step',
    't.yml',
    { 't.yml': 'steps:\n- script: a\n  displayname: b\n' },
    'PIPELINE_SHAPE',
    't.yml:3:3',
    /Did you mean displayName\?/,
  ],
];

describe('templates', () => {
  describe('are found by', () => {
    for (const [title, reference, files, script] of REFERENCES) {
      it(title, () => assert.deepEqual(scripts(`${OTHER}steps:\n- template: ${reference}\n`, files), [script]));
    }
  });

  describe('are refused for', () => {
    for (const [title, reference, files, code, place, part] of FAULTS) {
      it(title, () => refuses(`${OTHER}steps:\n- template: ${reference}\n`, code, place, part, { files }));
    }

    it('keys beside the reference', () => {
      refuses(
        'steps:\n- template: t.yml\n  displayName: a\n',
        'PIPELINE_SHAPE',
        '3:3',
        "'displayName' stands beside a template reference",
        { files: { 't.yml': SAY('a') } },
      );
    });

    it('a path that leaves the repository by way of a folder', () => {
      refuses('steps:\n- template: x/t.yml\n', 'PIPELINE_TEMPLATE', 'x/t.yml:2:13', 'leaves its repository', {
        files: { 'x/t.yml': 'steps:\n- template: ../../u.yml\n' },
      });
    });

    it('more than 20 levels', () => {
      const files = Object.fromEntries(
        Array.from({ length: 30 }, (_, level) => [`t${level}.yml`, `steps:\n- template: t${level + 1}.yml\n`]),
      );
      refuses('steps:\n- template: t0.yml\n', 'PIPELINE_LIMIT', 't19.yml:2:13', 'more than 20 levels', { files });
    });

    it('more than 100 files', () => {
      const steps = '- template: t.yml\n'.repeat(100);
      refuses(`steps:\n${steps}`, 'PIPELINE_LIMIT', '101:13', 'more than 100 files', { files: { 't.yml': SAY('a') } });
      assert.equal(stepsOf(`steps:\n${'- template: t.yml\n'.repeat(99)}`, { files: { 't.yml': SAY('a') } }).length, 99);
    });
  });

  it('name the whole way of includes in an error', () => {
    const files = {
      'a.yml': 'jobs:\n- job: j\n  steps:\n  - template: b/c.yml\n',
      'b/c.yml': 'steps:\n- script: a\n- bash: ${{ nosuch }}\n',
    };
    refuses(
      'jobs:\n- template: a.yml\n',
      'PIPELINE_EXPRESSION',
      'b/c.yml:3:9',
      'At b/c.yml:3:9, included from a.yml:4:15, included from azure-pipelines.yml:2:13.',
      { files },
    );
  });

  it('name the repository of a file in an error', () => {
    refuses(
      `${OTHER}steps:\n- template: t.yml@other\n`,
      'PIPELINE_SHAPE',
      't.yml@other:2:3',
      "'scrip' does not belong into step",
      { files: { 't.yml@other': 'steps:\n- scrip: a\n' } },
    );
  });

  it('of one file may be included twice with other parameters', () => {
    const files = { 't.yml': 'parameters:\n- name: w\nsteps:\n- script: ${{ parameters.w }}\n' };
    assert.deepEqual(
      scripts('steps:\n- template: t.yml\n  parameters: {w: a}\n- template: t.yml\n  parameters: {w: b}\n', files),
      ['a', 'b'],
    );
  });

  it('give stages, jobs, steps and variables', () => {
    const files = {
      's.yml':
        'parameters:\n- name: n\nstages:\n- stage: ${{ parameters.n }}\n  variables:\n  - template: v.yml\n  jobs:\n  - template: j.yml\n    parameters: {w: "${{ variables.fromTemplate }}"}\n',
      'v.yml': 'variables:\n  fromTemplate: yes\n',
      'j.yml':
        'parameters:\n- name: w\njobs:\n- job: j\n  steps:\n  - template: t.yml\n    parameters: {w: "${{ parameters.w }}"}\n',
      't.yml': 'parameters:\n- name: w\nsteps:\n- script: ${{ parameters.w }} ${{ variables.fromTemplate }}\n',
    };
    assert.deepEqual(
      expanded(
        "stages:\n- ${{ each n in split('a,b', ',') }}:\n  - template: s.yml\n    parameters: {n: \"${{ n }}\"}\n",
        { files },
      )['stages'],
      ['a', 'b'].map((stage) => ({
        stage,
        variables: [{ name: 'fromTemplate', value: 'yes' }],
        jobs: [{ job: 'j', steps: [{ task: 'CmdLine@2', inputs: { script: 'yes yes' } }] }],
      })),
    );
  });

  it('do not see loops and parameters of the file that includes them', () => {
    const files = { 't.yml': 'steps:\n- script: ${{ x }}\n' };
    refuses(
      "steps:\n- ${{ each x in split('a', ',') }}:\n  - template: t.yml\n",
      'PIPELINE_EXPRESSION',
      't.yml:2:11',
      "'x' is unknown",
      { files },
    );
    refuses(
      'parameters:\n- name: p\n  default: a\nsteps:\n- template: t.yml\n',
      'PIPELINE_EXPRESSION',
      't.yml:5:11',
      "no parameter 'p'",
      { files: { 't.yml': 'parameters:\n- name: q\n  default: b\nsteps:\n- script: ${{ parameters.p }}\n' } },
    );
  });

  describe('that are extended', () => {
    const BASE =
      "parameters:\n- name: jobs\n  type: jobList\n  default: []\nvariables:\n  fromBase: base\nstages:\n- stage: s\n  jobs:\n  - ${{ each job in parameters.jobs }}:\n    - ${{ each pair in job }}:\n        ${{ if ne(pair.key, 'steps') }}:\n          ${{ pair.key }}: ${{ pair.value }}\n      steps:\n      - script: before ${{ variables.own }}\n      - ${{ job.steps }}\n";

    it('give the stages, and wrap what they are given', () => {
      const pipeline =
        'trigger: none\nvariables:\n  own: mine\nextends:\n  template: base.yml\n  parameters:\n    jobs:\n    - job: a\n      pool: p\n      steps:\n      - script: body\n';
      assert.deepEqual(expanded(pipeline, { files: { 'base.yml': BASE } }), {
        trigger: { enabled: 'false' },
        variables: [
          { name: 'own', value: 'mine' },
          { name: 'fromBase', value: 'base' },
        ],
        stages: [
          {
            stage: 's',
            jobs: [
              {
                job: 'a',
                pool: { name: 'p' },
                steps: [
                  { task: 'CmdLine@2', inputs: { script: 'before mine' } },
                  { task: 'CmdLine@2', inputs: { script: 'body' } },
                ],
              },
            ],
          },
        ],
      });
    });

    it('may extend others', () => {
      const files = { 'a.yml': 'extends:\n  template: b.yml\n', 'b.yml': 'steps:\n- script: a\n' };
      assert.deepEqual(scripts('extends:\n  template: a.yml\n', files), ['a']);
    });

    it('may come from another repository', () => {
      assert.deepEqual(scripts(`${OTHER}extends:\n  template: t.yml@other\n`, { 't.yml@other': SAY('a') }), ['a']);
    });

    const FAULTS_OF_EXTENDS: readonly (readonly [title: string, pipeline: string, place: string, part: string])[] = [
      [
        'stages beside',
        'extends:\n  template: t.yml\nsteps:\n- script: b\n',
        '3:1',
        'stands both in the pipeline and in the template',
      ],
      ['other lists beside', 'extends:\n  template: t.yml\nstages: []\n', '3:1', "'stages' stands beside 'steps'"],
      ['no template', 'extends:\n  parameters: {a: b}\n', '1:1', "'template' is missing in extends"],
      ['a text', 'extends: t.yml\n', '1:10', 'extends is a text'],
      ['another key', 'extends:\n  template: t.yml\n  with: {}\n', '3:3', "'with' does not belong into extends"],
    ];
    for (const [title, pipeline, place, part] of FAULTS_OF_EXTENDS) {
      it(`are refused with ${title}`, () =>
        refuses(pipeline, 'PIPELINE_SHAPE', place, part, { files: { 't.yml': SAY('a') } }));
    }
  });

  it('read the ref of a repository resource, also from a parameter', () => {
    const refs: (string | undefined)[] = [];
    const pipeline =
      'parameters:\n- name: v\n  default: v1\nresources:\n  repositories:\n  - repository: other\n    type: git\n    name: p/r\n    ref: refs/tags/${{ parameters.v }}\nsteps:\n- template: t.yml@other\n';
    expandWith(pipeline, (repository) => refs.push(repository.ref));
    assert.deepEqual(refs, [undefined, 'refs/tags/v1']);
  });
});

function expandWith(pipeline: string, seen: (repository: RepositoryFiles) => void): void {
  expandPipeline({
    file: 'azure-pipelines.yml',
    source: {
      knows: () => true,
      read: (repository, path) => {
        seen(repository);
        return path === '/azure-pipelines.yml' ? pipeline : SAY('a');
      },
    },
  });
}
