import assert from 'node:assert/strict';
import { GRAMMAR } from '../../../../../local/pipelines/expand/grammar/pipeline';
import { expandedText, refuses } from '../../../../support/expand-pipeline';

const FAULTS: readonly (readonly [title: string, pipeline: string, place: string, part: string | RegExp])[] = [
  ['an unknown key of the pipeline', 'jobz: []\n', '1:1', 'has no stages, jobs or steps'],
  ['an unknown key beside steps', 'trigers: none\nsteps:\n- script: a\n', '1:1', 'Did you mean trigger?'],
  ['a file without a list', 'trigger: none\n', '1:1', 'has no stages, jobs or steps'],
  ['an empty file', '', '1:1', 'has no stages, jobs or steps'],
  ['only a comment', '# nothing\n', '1:1', 'has no stages, jobs or steps'],
  ['a list as a file', '- script: a\n', '1:1', 'The file is no mapping'],
  ['a text as a file', 'hello\n', '1:1', 'The file is no mapping'],
  ['steps and jobs', 'steps:\n- script: a\njobs:\n- job: a\n', '3:1', "'jobs' stands beside 'steps'"],
  ['stages and jobs', 'stages: []\njobs: []\n', '2:1', "'jobs' stands beside 'stages'"],
  ['a key of a job beside stages', 'container: c\nstages: []\n', '1:1', "'container' does not belong into pipeline"],
  ['steps that are empty', 'steps:\n', '1:7', 'steps is empty'],
  ['steps that are a text', 'steps: a\n', '1:8', "steps is the text 'a'"],
  ['steps that are a mapping', 'steps:\n  script: a\n', '2:3', 'steps is a mapping'],
  ['a step that is a text', 'steps:\n- a\n', '2:3', "An item of steps is the text 'a'"],
  ['a step that is a list', 'steps:\n- [a]\n', '2:3', 'An item of steps is a list'],
  ['an empty step', 'steps:\n-\n', '2:2', 'An item of steps is empty'],
  ['an empty mapping as a step', 'steps:\n- {}\n', '2:3', 'step is an empty mapping'],
  ['an unknown step', 'steps:\n- scrip: a\n', '2:3', 'Did you mean script?'],
  ['an unknown key of script', 'steps:\n- script: a\n  inputs: {}\n', '3:3', "'inputs' does not belong into step"],
  ['a key in another case', 'steps:\n- script: a\n  displayname: b\n', '3:3', 'Did you mean displayName?'],
  ['two kinds of step in one', 'steps:\n- script: a\n  bash: b\n', '3:3', "'bash' does not belong into step"],
  ['a list as script', 'steps:\n- script: [a]\n', '2:11', 'script is a list'],
  ['a mapping as displayName', 'steps:\n- script: a\n  displayName: {a: b}\n', '3:16', 'displayName is a mapping'],
  ['a list as env', 'steps:\n- script: a\n  env: [a]\n', '3:8', 'env is a list'],
  ['a list in env', 'steps:\n- script: a\n  env:\n    A: [a]\n', '4:8', 'A is a list'],
  ['a list as an input', 'steps:\n- task: T@1\n  inputs:\n    a: [b]\n', '4:8', 'a is a list'],
  ['an unknown key of target', 'steps:\n- script: a\n  target: {containr: c}\n', '3:12', 'Did you mean container?'],
  ['an unknown key of checkout', 'steps:\n- checkout: self\n  depth: 1\n', '3:3', "'depth' does not belong into step"],
  ['an unknown key of publish', 'steps:\n- publish: a\n  path: b\n', '3:3', "'path' does not belong into step"],
  ['a job without name or kind', 'jobs:\n- steps:\n  - script: a\n', '2:3', "'steps' does not belong into job"],
  ['an unknown key of a job', 'jobs:\n- job: a\n  timeOutInMinutes: 5\n', '3:3', 'Did you mean timeoutInMinutes?'],
  [
    'environment on a plain job',
    'jobs:\n- job: a\n  environment: e\n',
    '3:3',
    "'environment' does not belong into job",
  ],
  [
    'steps on a deployment',
    'jobs:\n- deployment: a\n  environment: e\n  strategy: {runOnce: {}}\n  steps: []\n',
    '5:3',
    "'steps' does not belong into job",
  ],
  [
    'a deployment without environment',
    'jobs:\n- deployment: a\n  strategy: {runOnce: {}}\n',
    '2:3',
    "'environment' is missing in job",
  ],
  [
    'a deployment without strategy',
    'jobs:\n- deployment: a\n  environment: e\n',
    '2:3',
    "'strategy' is missing in job",
  ],
  [
    'a matrix on a deployment',
    'jobs:\n- deployment: a\n  environment: e\n  strategy: {matrix: {a: {b: c}}}\n',
    '4:14',
    "'matrix' does not belong into strategy",
  ],
  [
    'runOnce on a plain job',
    'jobs:\n- job: a\n  strategy: {runOnce: {}}\n',
    '3:14',
    "'runOnce' does not belong into strategy",
  ],
  [
    'an unknown hook',
    'jobs:\n- deployment: a\n  environment: e\n  strategy:\n    runOnce:\n      postDeploy: {steps: []}\n',
    '6:7',
    /'postDeploy' does not belong into runOnce/,
  ],
  [
    'a hook that is a list',
    'jobs:\n- deployment: a\n  environment: e\n  strategy:\n    runOnce:\n      deploy:\n      - script: a\n',
    '7:7',
    'deploy is a list',
  ],
  ['a strategy that is a text', 'jobs:\n- job: a\n  strategy: matrix\n', '3:13', 'strategy is no mapping'],
  [
    'a leg of a matrix that is a text',
    'jobs:\n- job: a\n  strategy:\n    matrix:\n      one: x\n',
    '5:12',
    "one is 'x'",
  ],
  [
    'a list in a leg of a matrix',
    'jobs:\n- job: a\n  strategy:\n    matrix:\n      one: {a: [b]}\n',
    '5:16',
    'a is a list',
  ],
  ['a mapping as dependsOn', 'jobs:\n- job: a\n  dependsOn: {b: c}\n', '3:14', 'dependsOn is a mapping'],
  ['an unknown key of a pool', 'jobs:\n- job: a\n  pool: {vmimage: x}\n', '3:10', 'Did you mean vmImage?'],
  ['a list as a pool', 'pool: [a]\nsteps: [{script: a}]\n', '1:7', 'pool is a list'],
  ['an unknown key of workspace', 'jobs:\n- job: a\n  workspace: {clear: all}\n', '3:15', 'Did you mean clean?'],
  ['a list as container', 'jobs:\n- job: a\n  container: [a]\n', '3:14', 'container is a list'],
  ['an unknown key of a stage', 'stages:\n- stage: a\n  steps: []\n', '3:3', "'steps' does not belong into stage"],
  ['a job among stages', 'stages:\n- job: a\n', '2:3', "'job' does not belong into stage"],
  ['jobs of a stage that are a text', 'stages:\n- stage: a\n  jobs: b\n', '3:9', "jobs is the text 'b'"],
  [
    'a variable without a name',
    'variables:\n- value: a\nsteps: [{script: a}]\n',
    '2:3',
    "'value' does not belong into variable",
  ],
  [
    'an unknown key of a variable',
    'variables:\n- name: a\n  valu: b\nsteps: [{script: a}]\n',
    '3:3',
    'Did you mean value?',
  ],
  [
    'a list as the value of a variable',
    'variables:\n  a: [b]\nsteps: [{script: a}]\n',
    '2:6',
    "The value of variable 'a' is a list",
  ],
  [
    'a mapping as the value of a variable',
    'variables:\n- name: a\n  value: {b: c}\nsteps: [{script: a}]\n',
    '3:10',
    'value is a mapping',
  ],
  [
    'a value for a group',
    'variables:\n- group: a\n  value: b\nsteps: [{script: a}]\n',
    '3:3',
    "'value' does not belong into variable",
  ],
  [
    'an unknown key of a trigger',
    'trigger: {branch: [main]}\nsteps: [{script: a}]\n',
    '1:11',
    'Did you mean branches?',
  ],
  ['tags on a pr trigger', 'pr: {tags: [v1]}\nsteps: [{script: a}]\n', '1:6', "'tags' does not belong into pr"],
  ['a mapping among branches', 'trigger:\n- a: b\nsteps: [{script: a}]\n', '2:3', 'trigger is a mapping'],
  [
    'a schedule without cron',
    'schedules:\n- displayName: a\nsteps: [{script: a}]\n',
    '2:3',
    "'cron' is missing in schedules",
  ],
  [
    'an unknown kind of resource',
    'resources: {repository: []}\nsteps: [{script: a}]\n',
    '1:13',
    'Did you mean repositories?',
  ],
  [
    'a repository without alias',
    'resources:\n  repositories:\n  - type: git\nsteps: [{script: a}]\n',
    '3:5',
    "'repository' is missing in repositories",
  ],
  ['a list as templateContext is fine, as name of a job not', 'jobs:\n- job: [a]\n', '2:8', 'job is a list'],
  ['a key that is a list', '? [a]\n: b\n', '1:3', 'A key is a list or a mapping'],
];

describe('shape', () => {
  for (const [title, pipeline, place, part] of FAULTS) {
    it(`refuses ${title}`, () =>
      refuses(pipeline, title.startsWith('a key that') ? 'PIPELINE_YAML' : 'PIPELINE_SHAPE', place, part));
  }

  it('refuses tabs as indentation', () => {
    refuses('steps:\n-\tscript: a\n\tdisplayName: b\n', 'PIPELINE_YAML', '2:2', 'no valid YAML');
  });

  it('refuses a file that nests too deep', () => {
    const deep = [
      `a: ${'['.repeat(200)}${']'.repeat(200)}`,
      '['.repeat(200_000),
      '- '.repeat(5000),
      '? '.repeat(5000),
      '{a: '.repeat(900),
    ];
    for (const text of deep) {
      assert.throws(() => expandedText(text), {
        code: 'PIPELINE_LIMIT',
        message: 'The file nests more than 100 levels deep.',
      });
    }
  });

  it('refuses what would use up the machine', () => {
    const list = `split('${'a,'.repeat(200)}', ',')`;
    const loops = `steps:\n- \${{ each a in ${list} }}:\n  - \${{ each b in ${list} }}:\n    - \${{ each c in ${list} }}:\n      - script: x\n`;
    refuses(loops, 'PIPELINE_LIMIT', '5:17', 'more than 10 MB');
    const grown = Array.from({ length: 30 }).reduce<string>((inner) => `format('{0}{0}', ${inner})`, "'0123456789'");
    refuses(`steps:\n- script: \${{ ${grown} }}\n`, 'PIPELINE_LIMIT', '2:11', 'more than 10 MB');
  });

  it('names only shapes that exist', () => {
    const names = JSON.stringify(GRAMMAR).match(/"#\w+"/g) ?? [];
    assert.deepEqual(
      [...new Set(names)].filter((name) => !(name.slice(2, -1) in GRAMMAR)),
      [],
    );
    assert.ok(names.length > 10);
  });
});
