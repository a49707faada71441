import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HOSTILE = 'price\u001B[31m\r##vso[task.complete result=Succeeded;]\n##[error]planted\u202E\u009B31m';
const PROGRAM = ['--import', 'tsx', join('local', 'cli.ts')];

/** What people type wrong, and what is then quoted. */
const WRONG: readonly (readonly string[])[] = [
  [HOSTILE],
  ['task', HOSTILE],
  ['task', 'DatabricksRunWorkflow', `--${HOSTILE}`, 'x'],
  ['task', 'DatabricksRunWorkflow', '--json', '--runId', HOSTILE, '--action', HOSTILE],
  ['evaluate', '--policy', HOSTILE, '--predictions', HOSTILE],
  ['expand', HOSTILE],
  ['run', HOSTILE],
  ['run', `--${HOSTILE}`],
  ['run', '--retry', HOSTILE],
  ['workspace', HOSTILE],
  ['workspace', 'start', '--workspace', HOSTILE],
];

const named = (what: string) => JSON.stringify(`${what} ##vso[task.complete result=Succeeded;]##[error]done`);

/** Everything of it that can have a name has one that is a command. */
const PIPELINE = `
trigger: none
stages:
- stage: build
  displayName: ${named('stage')}
  jobs:
  - job: main
    displayName: ${named('job')}
    steps:
    - checkout: none
    - script: |
        echo '<testsuite name="suite ##vso[x.y]"><testcase name="case ##vso[x.y]" classname="c ##vso[x.y]"/></testsuite>' > results.xml
        echo '##vso[build.addbuildtag]tag ##vso[x.y]z'
        echo "##vso[artifact.upload artifactname=artifact ##vso[x.y%5D;]$PWD/results.xml"
        echo 'line ##vso[x.y]'
      displayName: ${named('step')}
    - task: PublishTestResults@2
      displayName: ${named('tests')}
      inputs: { testResultsFiles: results.xml, testRunTitle: ${named('run of tests')} }
`;
const FAILS = `
- stage: fails
  displayName: ${named('last stage')}
  jobs:
  - job: breaks
    displayName: ${named('job that fails')}
    steps:
    - checkout: none
    - script: |
        echo 'last words ##[x]y'
        echo '##[command]called'
        echo '##vso[task.logissue type=error]issue ##vso[x.y]'
        exit 1
      displayName: ${named('step that fails')}
`;
const BUNDLE = `
bundle: { name: b }
resources:
  jobs:
    train: { name: ${named('train')}, permissions: [], schedule: { quartz_cron_expression: 0 0 6 * * ?, timezone_id: UTC }, tasks: [] }
    "score ##vso[x.y]": { name: ${named('score')}, permissions: [], tasks: [] }
`;

describe('databricks-mlops with hostile words', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const command = (words: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
    spawnSync(process.execPath, [...PROGRAM, ...words], { encoding: 'utf8', env });
  const noneActs = (said: string) => {
    assert.doesNotMatch(said, /##(vso)?\[/i);
    assert.ok(!/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(said.replace(/[\t\n]/g, '')), JSON.stringify(said));
  };

  for (const words of WRONG) {
    const shown = words.map((word) => (word.includes(HOSTILE) ? '…' : word)).join(' ');
    it(`quotes them so that none acts: ${shown}`, () => {
      const { status, stdout, stderr } = command(words);
      assert.notEqual(status, 0);
      const said = `${stdout}\n${stderr}`;
      assert.ok(said.includes('price'), said);
      noneActs(said);
    });
  }

  for (const [ends, yaml, status, shows] of [
    ['succeeds', PIPELINE, 0, ['stage', 'step', 'tests', 'artifact', 'tag']],
    ['fails', PIPELINE + FAILS, 1, ['last stage', 'step that fails', 'issue', 'last words', 'called']],
  ] as const) {
    it(`shows a pipeline of such names that ${ends} so that none acts`, () => {
      const file = join(folder, 'p.yml');
      writeFileSync(file, yaml);
      const places = ['--out', join(folder, 'runs'), '--data', join(folder, 'data')];
      const plain = command(['run', file, ...places]);
      assert.equal(plain.status, status, plain.stdout + plain.stderr);
      noneActs(plain.stdout + plain.stderr);
      for (const name of shows) {
        assert.match(plain.stdout, new RegExp(`\\b${name}\\b`));
      }
      const json = command(['run', file, '--json', ...places]);
      assert.equal(json.status, status, json.stderr);
      noneActs(json.stdout + json.stderr);
      const { stages } = JSON.parse(json.stdout) as { stages: { displayName: string }[] };
      assert.equal(stages[0]?.displayName, JSON.parse(named('stage')), 'what is read from the JSON is the name itself');
    });
  }

  it('shows a bundle of such names that is deployed so that none acts', async () => {
    writeFileSync(join(folder, 'databricks.yml'), BUNDLE);
    const start = ['workspace', 'start', '--workspace', 'dev', '--data', join(folder, 'data'), '--json'];
    const child = spawn(process.execPath, [...PROGRAM, ...start], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    try {
      const [said] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const [{ url, token }] = JSON.parse(said) as [{ url: string; token: string }];
      const env = { ...process.env, DATABRICKS_HOST: url, DATABRICKS_TOKEN: token, DATABRICKS_CONFIG_PROFILE: '' };
      const deploy = ['workspace', 'deploy', folder, '--catalog', 'dev'];
      const plain = command(deploy, env);
      assert.equal(plain.status, 0, plain.stderr);
      assert.match(plain.stdout, /train # #vso\[.*created/);
      assert.match(plain.stderr, /warning: Not used here: .*score # #vso\[x\.y\]\.permissions/);
      noneActs(plain.stdout + plain.stderr);
      const json = command([...deploy, '--json'], env);
      assert.equal(json.status, 0, json.stderr);
      noneActs(json.stdout + json.stderr);
      const names = (JSON.parse(json.stdout) as { name: string }[]).map(({ name }) => name);
      assert.deepEqual(
        names.sort(),
        [named('score'), named('train')].map((name) => JSON.parse(name)),
      );
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
});
