import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../local/pipelines/record/run-record';
import { mustNotAppear } from '../support/captured-output';
import { CommandFolder } from '../support/command-process';

const BREAKS = `
steps:
- checkout: none
- bash: |
    echo first
    echo the last line
    exit 3
  displayName: Break
`;

const GATED = `
stages:
- stage: build
  jobs: [{ job: main, steps: [{ checkout: none }, { bash: echo built }] }]
- stage: release
  jobs:
  - deployment: release
    environment: prod
    strategy: { runOnce: { deploy: { steps: [{ bash: echo released }] } } }
`;
const ENVIRONMENTS = 'environments:\n  prod:\n    approvals: { approvers: [alice], requesterMayApprove: true }\n';

describe('databricks-mlops run, as a process', () => {
  let folder: CommandFolder;

  const made = (files: Readonly<Record<string, string>>) => {
    folder = new CommandFolder(files);
    return folder;
  };
  const results = ({ stages }: RunRecord) => stages.map(({ name, attempt, result }) => [name, attempt, result]);

  afterEach(() => folder.remove());

  it('succeeds with exit code 0, and leaves record, logs and page', async () => {
    const { exitCode, stdout, stderr } = await made({ 'p.yml': 'steps:\n- bash: echo it works\n' }).run('p.yml');
    assert.equal(exitCode, 0, stdout + stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /Run 1 \(\d{8}\.1\) succeeded in .*; 1 of 1 stage ran\./);
    assert.match(stdout, /page {7}\.mlops\/runs\/1\/index\.html/);
    assert.ok(folder.has('.mlops/runs/1/index.html'));
    assert.ok(!folder.has('.mlops/runs/1/work'), 'the folders of the jobs are left');
    assert.ok(folder.filesWith('it works').some((file) => file.endsWith('.log')));
  });

  it('fails with exit code 1, and shows the last lines of the step', async () => {
    const { exitCode, stdout } = await made({ 'p.yml': BREAKS }).run('p.yml');
    assert.equal(exitCode, 1);
    assert.match(stdout, /› Break: The script exited with code '3'\./);
    assert.match(stdout, /^ {4}the last line$/m);
    assert.match(stdout, /^ {4}log: \.mlops\/runs\/1\/logs\/.*\.log$/m);
  });

  it('ends as a run that failed where the secret of a connection is not set, and says so once at its end', async () => {
    made({
      'p.yml': `steps:
- checkout: none
- task: DatabricksCheckConnection@1
  displayName: Look
  inputs: { databricksConnection: dbx-prod }
`,
      '.mlops/connections.yml':
        'connections:\n  dbx-prod: { url: "https://adb-1.1.azuredatabricks.net", token: { env: NOT_SET_ANYWHERE } }\n',
    });
    const { exitCode, stdout, stderr } = await folder.run('p.yml');
    assert.equal(exitCode, 1);
    assert.equal(stderr, '');
    const [, summary = ''] = stdout.split('Run 1 (');
    assert.match(summary, /failed in .*; 1 of 1 stage ran/);
    assert.match(summary, /✗ Jobs › Look: .*variable NOT_SET_ANYWHERE, which is not set/);
    assert.equal(summary.split('NOT_SET_ANYWHERE').length - 1, 1, summary);
    assert.match(summary, /page {7}\.mlops\/runs\/1\/index\.html/);
  });

  it('leaves no folder of a run that was refused, and takes no id', async () => {
    made({
      'p.yml': `steps:
- task: DatabricksCheckConnection@1
  inputs: { databricksConnection: dbx-dev }
`,
      'databricks.yml': 'bundle: {}\ntargets: { a: {}, b: {} }\n',
      'fine.yml': 'steps:\n- bash: echo fine\n',
    });
    const { exitCode, stderr } = await folder.run('p.yml', '--jobs', '.');
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /has 2 problems:\n {2}- databricks\.yml has no bundle\.name.*\n {2}- databricks\.yml has the targets a, b/,
    );
    assert.ok(!folder.has('.mlops/runs/1'));
    const { stdout } = await folder.run('fine.yml');
    assert.match(stdout, /Run 1 \(\d{8}\.1\) succeeded/);
  });

  it('prints the record alone on standard output with --json', async () => {
    const { exitCode, stdout, stderr } = await made({ 'p.yml': BREAKS }).run('p.yml', '--json');
    assert.equal(exitCode, 1);
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(folder.record('1'))));
    assert.match(stderr, /Break/);
  });

  it('refuses a wrong pipeline with its place, before there is a run', async () => {
    const { exitCode, stdout, stderr } = await made({ 'p.yml': 'steps:\n- basch: echo\n' }).run('p.yml');
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /p\.yml.*2/);
    assert.ok(!folder.has('.mlops/runs'));
  });

  it('takes an approval given beforehand', async () => {
    const { exitCode, stdout } = await made({ 'p.yml': GATED, '.mlops/environments.yml': ENVIRONMENTS }).run(
      'p.yml',
      '--approve',
      'PROD=alice',
    );
    assert.equal(exitCode, 0, stdout);
    const [check] = folder.record('1').stages[1]?.checkpoint?.checks ?? [];
    assert.deepEqual(
      [check?.status, check?.approval?.steps.map(({ actualApprover }) => actualApprover?.name)],
      ['approved', ['alice']],
    );
  });

  const WANTS_TWO = 'environments:\n  prod: { approvals: { approvers: [owners, risk], minimum: 2 } }\n';

  it('takes both approvals of an environment that wants two', async () => {
    made({ 'p.yml': GATED, '.mlops/environments.yml': WANTS_TWO });
    const { exitCode, stdout } = await folder.run('p.yml', '--approve', 'prod=owners', '--approve', 'prod=risk');
    assert.equal(exitCode, 0, stdout);
    assert.doesNotMatch(stdout, /does not count|cannot answer/);
  });

  it('keeps the first of two approvals, and prints the command that gives the second', async () => {
    made({ 'p.yml': GATED, '.mlops/environments.yml': WANTS_TWO });
    const left = await folder.run('p.yml', '--approve', 'prod=owners');
    assert.equal(left.exitCode, 1);
    assert.match(left.stdout, /prod: 1 of 2 approvals given, by owners\. risk has not answered yet\./);
    const [, command = ''] = /^ {4}(?:node \S+|npx databricks-mlops) run (.*)$/m.exec(left.stdout) ?? [];
    assert.equal(command, '--retry 1:release --approve prod=risk');
    const { exitCode, stdout } = await folder.run(...command.split(' '));
    assert.equal(exitCode, 0, stdout);
  });

  it('refuses an answer that nothing asks for before anything has run', async () => {
    made({ 'p.yml': GATED, '.mlops/environments.yml': WANTS_TWO });
    const { exitCode, stdout, stderr } = await folder.run(
      'p.yml',
      '--approve',
      'prd=owners',
      '--approve',
      'prod=nobody',
    );
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /no environment 'prd' to answer for\. Did you mean prod\? It has: prod\./);
    assert.match(stderr, /nobody is no approver of environment prod; approvers are: owners, risk\./);
    assert.ok(!folder.has('.mlops/runs'));
  });

  it('takes a rejection, and says whose it is', async () => {
    const { exitCode } = await made({ 'p.yml': GATED, '.mlops/environments.yml': ENVIRONMENTS }).run(
      'p.yml',
      '--reject',
      'prod=alice',
    );
    assert.equal(exitCode, 1);
    assert.deepEqual(results(folder.record('1')), [
      ['build', 1, 'succeeded'],
      ['release', 1, 'failed'],
    ]);
    assert.equal(folder.filesWith('echo released').filter((file) => file.endsWith('.log')).length, 0);
  });

  it('takes a bypass by somebody who is no approver', async () => {
    const { exitCode } = await made({ 'p.yml': GATED, '.mlops/environments.yml': ENVIRONMENTS }).run(
      'p.yml',
      '--bypass',
      'prod=operator',
    );
    assert.equal(exitCode, 0);
    assert.equal(folder.record('1').stages[1]?.checkpoint?.checks[0]?.status, 'bypassed');
  });

  it('is left waiting where nobody can be asked, and goes on with the command that it prints', async () => {
    const left = await made({ 'p.yml': GATED, '.mlops/environments.yml': ENVIRONMENTS }).run('p.yml');
    assert.equal(left.exitCode, 1);
    assert.match(left.stdout, /waits for an answer; 1 of 2 stages ran/);
    const [, command = ''] = /^ {4}(?:node \S+|npx databricks-mlops) run (.*)$/m.exec(left.stdout) ?? [];
    assert.equal(command, '--retry 1:release --approve prod=alice');
    const { exitCode, stdout } = await folder.run(...command.split(' '));
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /Run 1 .* succeeded/);
    assert.ok(folder.filesWith('released').some((file) => file.endsWith('.log')));
  });

  it('replaces the page in one step: a browser that reads the old one gets it whole', async () => {
    await made({ 'p.yml': 'steps:\n- checkout: none\n- bash: echo it works\n' }).run('p.yml');
    const page = join(folder.path, '.mlops/runs/1/index.html');
    const old = readFileSync(page, 'utf8');
    const reader = openSync(page, 'r');
    const { exitCode, stdout } = await folder.run('--retry', '1:__default');
    const read = readFileSync(reader, 'utf8');
    closeSync(reader);
    assert.equal(exitCode, 0, stdout);
    assert.ok(read === old, 'the old page was written over');
    assert.notEqual(readFileSync(page, 'utf8'), old);
  });

  it('refuses to retry a stage of a pipeline that has changed since', async () => {
    await made({ 'p.yml': BREAKS }).run('p.yml');
    folder.write('p.yml', BREAKS.replace('exit 3', 'exit 0'));
    const { exitCode, stderr } = await folder.run('--retry', '1:__default');
    assert.equal(exitCode, 1);
    assert.match(stderr, /The pipeline has changed since run 1/);
  });

  it('refuses to deselect a stage that cannot be skipped, and one that is not there', async () => {
    made({ 'p.yml': GATED.replace('- stage: build', '- stage: build\n  isSkippable: false') });
    const must = await folder.run('p.yml', '--skip', 'build');
    assert.equal(must.exitCode, 1, must.stdout);
    assert.match(must.stderr, /build/);
    const unknown = await folder.run('p.yml', '--skip', 'deploy');
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.stderr, /no stage 'deploy' to skip/);
  });

  it('gives what a stub says instead of a task', async () => {
    const { exitCode, stdout, stderr } = await made({
      'p.yml': `
steps:
- checkout: none
- task: AzureCLI@2
  name: cli
  inputs: { azureSubscription: arm, scriptType: bash, scriptLocation: inlineScript, inlineScript: touch x }
- bash: echo "colour is $(cli.colour)"
`,
      'cli.yml': 'result: succeeded\noutputs: { colour: green }\n',
    }).run('p.yml', '--stub', 'AzureCLI@2=cli.yml');
    assert.equal(exitCode, 0, stdout + stderr);
    assert.notEqual(folder.filesWith('colour is green').length, 0);
    const refused = await folder.run('p.yml');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /AzureCLI@2/);
  });

  it('shows a secret nowhere', async () => {
    const secret = mustNotAppear('s3cr3t-of-the-run-command');
    // Put together of short parts where it runs: the pipeline itself is kept beside the record.
    const { exitCode, stdout, stderr } = await made({
      'p.yml': `
steps:
- checkout: none
- bash: |
    value="s3cr3t-of""-the-""run-comm""and"
    echo "##vso[task.setvariable variable=password;issecret=true]$value"
- bash: |
    echo "the password is $PASSWORD"
    echo "##vso[task.logissue type=error]wrong: $PASSWORD"
    echo "##vso[task.addattachment type=x;name=y]$PASSWORD" >&2
    exit 1
  displayName: Show
  env: { PASSWORD: $(password) }
`,
    }).run('p.yml', '--json');
    assert.equal(exitCode, 1, stderr);
    assert.ok(!stdout.includes(secret) && !stderr.includes(secret));
    assert.notEqual(folder.filesWith('the password is ***').length, 0);
    assert.deepEqual(folder.filesWith(secret), []);
  });

  it('gives two runs that begin at once an id and a number each', async () => {
    made({ 'p.yml': 'steps:\n- checkout: none\n- bash: echo here\n' });
    const ends = await Promise.all([folder.run('p.yml', '--json'), folder.run('p.yml', '--json')]);
    const records = ends.map(({ stdout }) => JSON.parse(stdout) as RunRecord);
    assert.deepEqual(records.map(({ id }) => id).sort(), ['1', '2']);
    assert.equal(new Set(records.map(({ number }) => number)).size, 2);
    assert.deepEqual(
      records.map(({ result }) => result),
      ['succeeded', 'succeeded'],
    );
  });
});
