import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../../../../local/commands/command-error';
import { RUN_USAGE, readRunOptions } from '../../../../local/commands/run-options';

describe('options of run', () => {
  let folder: string;
  let file: string;
  let stub: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'options-'));
    file = join(folder, 'azure-pipelines.yml');
    stub = join(folder, 'stub.yml');
    writeFileSync(file, 'steps: []');
    writeFileSync(stub, 'outputs: {runId: 12, url: "https://w"}');
    writeFileSync(join(folder, 'bad.yml'), 'result: perhaps');
    writeFileSync(join(folder, 'broken.yml'), '{');
    writeFileSync(join(folder, 'typo.yml'), 'reslt: succeeded');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are described, with what reaches a real workspace', () => {
    assert.doesNotMatch(RUN_USAGE, /nothing reaches Azure/);
    assert.match(RUN_USAGE, /connections\.yml\s+gives a url: they reach that workspace for real/);
  });

  it('have defaults', () => {
    const options = readRunOptions([file]);
    assert.deepEqual(
      [options.reason, options.branch, options.fork, options.out, options.settings, options.data, options.places],
      ['manual', undefined, false, resolve('.mlops/runs'), resolve('.mlops'), resolve('.mlops/workspace'), []],
    );
  });

  it('take everything', () => {
    const options = readRunOptions(
      [
        [file, '--reason', 'pullRequest', '--fork', '--branch', 'refs/heads/x', '--repository', `mlops=${folder}`],
        ['--parameter', 'a=b=c', '--variable', 'v=1', '--skip', 'one', '--skip', 'two', '--out', 'here'],
        ['--approve', 'Prod=Ada', '--reject', 'stage=Bo', '--bypass', 'dev=Cy', '--stub', `Task@1=${stub}`],
      ].flat(),
    );
    assert.deepEqual(options.parameters.get('a'), 'b=c');
    assert.deepEqual(options.skipped, ['one', 'two']);
    assert.deepEqual(options.repositories.get('mlops'), folder);
    assert.deepEqual(options.places, ['--out', 'here']);
    assert.deepEqual(Object.fromEntries(options.answers), {
      prod: [{ kind: 'approved', by: 'Ada' }],
      stage: [{ kind: 'rejected', by: 'Bo' }],
      dev: [{ kind: 'bypassed', by: 'Cy' }],
    });
    assert.deepEqual(options.stubs.get('Task@1'), {
      result: 'succeeded',
      outputs: { runId: '12', url: 'https://w' },
    });
  });

  it('take empty values of parameters and variables, as expand does', () => {
    const { parameters, variables } = readRunOptions([file, '--parameter', 'x=', '--variable', 'y=']);
    assert.deepEqual(
      [...parameters, ...variables],
      [
        ['x', ''],
        ['y', ''],
      ],
    );
  });

  it('take several approvals of one environment, in any case', () => {
    const { answers } = readRunOptions([file, '--approve', 'Prod=Ada', '--approve', 'prod=Bo']);
    assert.deepEqual(Object.fromEntries(answers), {
      prod: [
        { kind: 'approved', by: 'Ada' },
        { kind: 'approved', by: 'Bo' },
      ],
    });
  });

  it('take a stage to run again without a file', () => {
    assert.deepEqual(readRunOptions(['--retry', '12:promote_prod']).retry, { run: '12', stage: 'promote_prod' });
  });

  for (const [args, sentence] of [
    [[], /run takes one file/],
    [['FILE', 'more'], /one argument too many/],
    [['nowhere.yml'], /There is no file nowhere\.yml/],
    [['FILE', '--retry', '1:a'], /--retry knows the file/],
    [['--retry', 'a'], /write the id of the run and the name of the stage/],
    [['FILE', '--reason', 'rollback'], /--reason must be one of manual, push, pullRequest, schedule/],
    [['FILE', '--fork'], /--fork needs --reason pullRequest/],
    [['FILE', '--schedule', 'nightly'], /--schedule needs --reason schedule/],
    [['FILE', '--branch', 'main'], /such as refs\/heads\/main/],
    [['FILE', '--approve', 'prod'], /write name=value/],
    [['FILE', '--approve', 'prod='], /--approve prod=: say who answers/],
    [['FILE', '--parameter', '=x'], /write name=value/],
    [['FILE', '--repository', 'mlops='], /--repository mlops=: there is no such folder/],
    [['FILE', '--stub', 'Task@1='], /--stub Task@1=: there is no such file/],
    [['FILE', '--approve', 'prod=a', '--reject', 'PROD=b'], /both approved and rejected for 'PROD'\. Give one of them/],
    [['FILE', '--bypass', 'prod=a', '--approve', 'prod=b'], /both approved and bypassed for 'prod'/],
    [['FILE', '--repository', 'x=/nowhere'], /there is no such folder/],
    [['FILE', '--stub', 'Task@1=/nowhere'], /there is no such file/],
    [['FILE', '--stub', 'Task@1=FOLDER/bad.yml'], /result/],
    [['FILE', '--stub', 'Task@1=FOLDER/broken.yml'], /--stub Task@1=/],
    [['FILE', '--stub', 'Task@1=FOLDER/typo.yml'], /typo\.yml:1:1: The key "reslt" is unknown.*Did you mean result\?/],
    [['FILE', '--nothing'], /--nothing/],
  ] as const) {
    it(`refuse ${args.join(' ') || 'nothing'}`, () => {
      const given = args.map((arg) => (arg === 'FILE' ? file : arg.replace('FOLDER', folder)));
      assert.throws(
        () => readRunOptions(given),
        (error) =>
          error instanceof CommandError && sentence.test(error.message) && error.message.split('\n').length <= 3,
      );
    });
  }
});
