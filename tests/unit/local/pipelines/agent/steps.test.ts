import assert from 'node:assert/strict';
import { runTestJob, scriptStep, taskStep } from '../../../../support/agent-job';

describe('steps of a job', () => {
  it('run in order, in the sources folder, with the variables of the job', async () => {
    const job = await runTestJob({
      variables: { greeting: 'hello', 'Build.Reason': 'Manual' },
      steps: [scriptStep('echo "$GREETING $BUILD_REASON"\necho $(greeting) $(nothing)\npwd', { name: 'say' })],
    });
    assert.equal(job.outcome.result, 'succeeded');
    assert.ok(job.lines.includes('hello Manual'), job.lines.join('\n'));
    assert.ok(job.lines.some((line) => line.endsWith('/work/1/s')));
    assert.match(job.logs.get('say') ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z hello Manual$/m);
  });

  it('that follow a failed one are skipped, but those that always run', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep('exit 3', { name: 'bad' }),
        scriptStep('echo no', { name: 'after' }),
        scriptStep('echo "status $(Agent.JobStatus)"', { name: 'last', condition: 'always()' }),
      ],
    });
    assert.equal(job.outcome.result, 'failed');
    assert.deepEqual(
      job.record.steps.map(({ name, result }) => [name, result]),
      [
        ['bad', 'failed'],
        ['after', 'skipped'],
        ['last', 'succeeded'],
      ],
    );
    assert.ok(job.lines.includes('status Failed'));
    assert.deepEqual(
      job.step('bad').issues.map(({ message }) => message),
      ["The script exited with code '3'."],
    );
  });

  it('say why they failed by the first error that a script told, not by its exit code', async () => {
    const told = (text: string) => `echo "##vso[task.logissue type=error]${text}"`;
    const job = await runTestJob({
      steps: [scriptStep(`${told('The cause.')}\n${told('What came of it.')}\nexit 1`, { name: 'bad' })],
    });
    assert.equal(job.step('bad').message, 'The cause.');
    assert.deepEqual(
      job.step('bad').issues.map(({ message }) => message),
      ['The cause.', 'What came of it.', "The script exited with code '1'."],
    );
  });

  it('are refused before any runs when a task is not known', async () => {
    const job = await runTestJob({ steps: [scriptStep('echo x'), taskStep('Docker@2')] });
    assert.equal(job.outcome.result, 'failed');
    assert.deepEqual(job.record.steps, []);
    assert.equal(
      job.record.note,
      'Task Docker@2 at azure-pipelines.yml:7:3 cannot be run on this machine. Say what it would do with --stub Docker@2=FILE.',
    );
  });
});
