import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputReader } from '../../../src/agent/input-reader';
import { runTask } from '../../../src/agent/run-task';
import type { TaskContext, TaskOutcome } from '../../../src/agent/task-context';
import type { TaskDefinition } from '../../../src/agent/task-definition';
import { TaskError } from '../../../src/errors';
import { FakeHost } from '../../support/fake-host';

const definition: TaskDefinition = {
  name: 'DatabricksExample',
  version: { Major: 1, Minor: 2, Patch: 3 },
  inputs: [
    { name: 'action', type: 'pickList', defaultValue: 'make' },
    { name: 'model', type: 'string', defaultValue: 'champion' },
    { name: 'count', type: 'string', defaultValue: '3' },
    { name: 'reason', type: 'string' },
    { name: 'publishArtifact', type: 'string' },
  ],
  outputVariables: [{ name: 'result' }, { name: 'made' }, { name: 'artifactName' }],
};

const outcome: TaskOutcome = {
  decision: 'Made 3.',
  summary: 'text',
  attachment: { kind: 'example', content: { made: 3 } },
};
const readNothing = (inputs: InputReader) => inputs.text('action');
const run = (host: FakeHost, body: (context: TaskContext) => Promise<TaskOutcome>, read = readNothing) =>
  runTask(definition, read, (_inputs, context) => body(context), host);

describe('runTask', () => {
  it('sets every declared output, uploads summary and attachment and says the result once', async () => {
    const host = new FakeHost({ inputs: { publishArtifact: 'evidence' } });
    await run(host, async ({ outputs }) => {
      outputs.set('made', 3);
      return outcome;
    });
    assert.equal(host.result, 'Succeeded');
    assert.deepEqual(Object.fromEntries(host.outputs), { result: 'succeeded', made: '3', artifactName: 'evidence' });
    assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /^\*\*Made 3\.\*\*\n\ntext\n$/);
    assert.equal(host.attachments[0]?.type, 'databricks-mlops.example');
    assert.equal(JSON.parse(readFileSync(host.attachments[0]?.path ?? '', 'utf8')).made, 3);
    assert.equal(host.artifacts[0]?.name, 'evidence');
  });

  it('says a failure once at a terminal, and how an input that is missing is given there', async () => {
    const host = new FakeHost({ kind: 'terminal' });
    await run(
      host,
      async () => outcome,
      (inputs) => inputs.required('reason'),
    );
    assert.equal(host.error?.message, "Input 'reason' is required. Give --reason VALUE.");
    assert.ok(!host.lines.some((line) => line.includes('is required')), host.lines.join('\n'));
    const inPipeline = new FakeHost();
    await run(
      inPipeline,
      async () => outcome,
      (inputs) => inputs.required('reason'),
    );
    assert.ok(inPipeline.lines.includes("Input 'reason' is required. Set 'reason' on this step."));
  });

  it('sets outputs on failure too, with a code and no stack trace', async () => {
    const host = new FakeHost();
    await run(host, async ({ outputs }) => {
      outputs.set('made', 1);
      throw new TaskError('NOT_MADE', 'It was not made.', { where: 'It was job 7.', todo: 'Make it again.' });
    });
    assert.equal(host.result, 'Failed');
    assert.deepEqual(host.error, {
      type: 'error',
      message: 'It was not made. It was job 7. Make it again.',
      code: 'NOT_MADE',
    });
    assert.deepEqual(Object.fromEntries(host.outputs), { result: 'failed', made: '1', artifactName: '' });
    assert.doesNotMatch(host.printed, /\n\s+at /);
  });

  it('says result and outputs also where its files cannot be written', async () => {
    const host = new FakeHost({ inputs: { publishArtifact: 'evidence' } });
    await run(host, async ({ outputs, files }) => {
      outputs.set('made', 3);
      mkdirSync(dirname(files.folder), { recursive: true });
      writeFileSync(files.folder, 'a file where the folder should be');
      return outcome;
    });
    assert.equal(host.result, 'Succeeded');
    assert.deepEqual(Object.fromEntries(host.outputs), { result: 'succeeded', made: '3', artifactName: '' });
    assert.deepEqual(
      host.issues.map(({ type, code }) => [type, code]),
      [['warning', 'FILES_NOT_WRITTEN']],
    );
  });

  it('fails before it runs where what an earlier attempt left cannot be removed', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'databricks-mlops-test-')), 'file');
    writeFileSync(file, '');
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': file } });
    await run(host, () => assert.fail('it ran'));
    assert.equal(host.result, 'Failed');
    assert.equal(host.outputs.get('result'), 'failed');
    assert.equal(host.error?.code, 'UNEXPECTED_ERROR');
  });

  it('says of an unknown error that it is one, and keeps its stack for the debug log', async () => {
    const host = new FakeHost();
    await run(host, async () => {
      throw new TypeError('x is not a function');
    });
    assert.equal(host.error?.code, 'UNEXPECTED_ERROR');
    assert.match(host.debugLines.join('\n'), /run-task\.test\.ts/);
  });

  it('answers a cancel at once, waits for what it started and ends canceled', async () => {
    const host = new FakeHost();
    const order: string[] = [];
    await run(host, async ({ signal, onCancel, clock }) => {
      onCancel(async () => {
        order.push('request left');
        await Promise.resolve();
        order.push('request answered');
      });
      setImmediate(() => host.cancel());
      await clock.sleep(60_000, signal);
      return outcome;
    });
    assert.deepEqual(order, ['request left', 'request answered']);
    assert.equal(host.result, 'Canceled');
    assert.equal(host.outputs.get('result'), 'canceled');
  });

  it('warns when what cancel should have stopped could not be stopped', async () => {
    const host = new FakeHost();
    await run(host, async ({ onCancel }) => {
      host.cancel();
      onCancel(() => Promise.reject(new TaskError('X', 'The workspace is away.')));
      return outcome;
    });
    assert.equal(host.result, 'Canceled');
    assert.equal(host.issues[0]?.code, 'CANCEL_INCOMPLETE');
  });

  it('masks a secret in every form before it can be printed', async () => {
    const host = new FakeHost();
    await run(host, async ({ mask }) => {
      mask('s3cr/t+ "ä');
      return outcome;
    });
    for (const form of [
      's3cr/t+ "ä',
      's3cr%2Ft%2B%20%22%C3%A4',
      's3cr%2Ft%2B+%22%C3%A4',
      Buffer.from('s3cr/t+ "ä').toString('base64'),
      's3cr/t+ \\"ä',
    ]) {
      assert.ok(host.masked.has(form), form);
    }
  });

  it('masks a secret of several lines line by line, and no ordinary word with it', async () => {
    const host = new FakeHost();
    await run(host, async ({ mask }) => {
      mask('{\r\n  first-line\n}');
      return outcome;
    });
    assert.ok(host.masked.has('  first-line'));
    assert.deepEqual(
      [...host.masked].filter((form) => /[\r\n]/.test(form) || form.trim().length < 4),
      [],
    );
  });

  it('refuses an input that the action does not use', async () => {
    const host = new FakeHost({ inputs: { reason: 'because' } });
    await run(host, async () => outcome);
    assert.equal(host.error?.code, 'INPUT_NOT_USED');
    assert.match(host.error?.message ?? '', /'reason'.*action 'make'/);
  });

  it('adds the attempt to the name of an artifact, and attaches the files where there are no artifacts', async () => {
    const retried = new FakeHost({
      inputs: { publishArtifact: 'evidence' },
      variables: { 'System.JobAttempt': '2', 'System.StageAttempt': '1' },
    });
    await run(retried, async () => outcome);
    assert.equal(retried.outputs.get('artifactName'), 'evidence-2');
    const classic = new FakeHost({
      inputs: { publishArtifact: 'evidence' },
      variables: { 'System.HostType': 'release' },
    });
    await run(classic, async () => outcome);
    assert.equal(classic.outputs.get('artifactName'), '');
    assert.equal(classic.result, 'Succeeded');
    assert.ok(classic.attachments.some(({ type }) => type === 'log'));
    assert.equal(classic.issues[0]?.code, 'NO_ARTIFACTS');
  });

  it('never prints a command that text from outside holds', async () => {
    const host = new FakeHost();
    await run(host, async ({ log }) => {
      log.info('job says\r##vso[task.complete result=Succeeded;]');
      throw new TaskError('X', 'Failed with ##VSO[task.setvariable variable=a]b\nsecond line');
    });
    assert.doesNotMatch(host.printed, /##vso\[/i);
    assert.doesNotMatch(host.message, /\n/);
  });
});

describe('InputReader', () => {
  const reader = (inputs: Record<string, string>) => new InputReader(definition, new FakeHost({ inputs }));
  const code = (body: () => unknown) => {
    try {
      body();
    } catch (error) {
      return error instanceof TaskError ? error.code : String(error);
    }
    return 'none';
  };

  it('applies the default of task.json only where the host knows nothing', () => {
    assert.equal(reader({}).choosing('model'), 'champion');
    assert.equal(
      code(() => reader({ model: '' }).choosing('model')),
      'EMPTY_INPUT',
    );
  });

  it('names a variable that was left unexpanded, but not in free text', () => {
    assert.equal(
      code(() => reader({ model: '$(train.modelVersion)' }).text('model')),
      'UNEXPANDED_MACRO',
    );
    assert.equal(reader({ reason: 'costs $(x)' }).freeText('reason'), 'costs $(x)');
  });

  it('checks numbers, choices and booleans', () => {
    for (const text of ['abc', '-1', '1e3', 'Infinity', '', '0x10']) {
      assert.equal(
        code(() => reader({ count: text }).number('count')),
        'INPUT_INVALID',
        text,
      );
    }
    assert.equal(reader({ count: '2.5' }).number('count'), 2.5);
    assert.equal(
      code(() => reader({ count: '2.5' }).number('count', { integer: true })),
      'INPUT_INVALID',
    );
    assert.equal(
      code(() => reader({ action: 'Make' }).choice('action', ['make'])),
      'INPUT_INVALID',
    );
    assert.equal(reader({ action: 'TRUE' }).boolean('action'), true);
    assert.equal(
      code(() => reader({ action: 'yes' }).boolean('action')),
      'INPUT_INVALID',
    );
  });

  it('wants three levels in a model name', () => {
    assert.equal(reader({ model: 'a.b.c' }).modelName('model'), 'a.b.c');
    for (const name of ['a', 'a.b', 'a.b.c.d', 'a..c', 'a.b/c.d', 'a.b. c']) {
      assert.equal(
        code(() => reader({ model: name }).modelName('model')),
        'INPUT_INVALID',
        name,
      );
    }
  });
});
