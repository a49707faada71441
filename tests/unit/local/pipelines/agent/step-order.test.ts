import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type FinishedJob, runTestJob, scriptStep, taskStep } from '../../../../support/agent-job';
import { AutoClock } from '../../../../support/auto-clock';
import { VirtualClock } from '../../../../support/virtual-clock';

const results = ({ record }: FinishedJob) => Object.fromEntries(record.steps.map(({ name, result }) => [name, result]));

/** Whether a process runs; one that has ended and waits for its parent to look does not. */
function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

describe('the result of a step', () => {
  it('of a failed one that may go on is succeeded with issues', async () => {
    const job = await runTestJob({
      variables: { go: 'True' },
      steps: [scriptStep('exit 1', { name: 'a', continueOnError: '$(go)' }), scriptStep(': 1', { name: 'b' })],
    });
    assert.deepEqual([results(job)['a'], results(job)['b']], ['succeededWithIssues', 'succeeded']);
    assert.equal(job.outcome.result, 'succeededWithIssues');
  });

  it('of one that is not enabled does not exist', async () => {
    const job = await runTestJob({ steps: [scriptStep('exit 1', { name: 'off', enabled: 'false' })] });
    assert.deepEqual(results(job), {});
  });

  it('of a condition that cannot be evaluated is failed', async () => {
    const job = await runTestJob({ steps: [scriptStep(': 1', { name: 'a', condition: "substring('a', 5, 9, 1)" })] });
    assert.equal(results(job)['a'], 'failed');
    assert.match(job.step('a').message, /substring/);
  });

  it('depends on variables and the status of the job', async () => {
    const job = await runTestJob({
      variables: { env: 'prod' },
      steps: [
        scriptStep("echo '##vso[task.setvariable variable=ready]yes'", { name: 'set' }),
        scriptStep(': 1', { name: 'yes', condition: "and(succeeded(), eq(variables['ready'], 'YES'))" }),
        scriptStep(': 1', { name: 'no', condition: "eq(variables.env, 'dev')" }),
        scriptStep('exit 1', { name: 'bad' }),
        scriptStep(': 1', { name: 'onFailure', condition: 'failed()' }),
        scriptStep(': 1', { name: 'onStatus', condition: "eq(variables['Agent.JobStatus'], 'Failed')" }),
        scriptStep(': 1', { name: 'onCancel', condition: 'canceled()' }),
      ],
    });
    assert.deepEqual(results(job), {
      set: 'succeeded',
      yes: 'succeeded',
      no: 'skipped',
      bad: 'failed',
      onFailure: 'succeeded',
      onStatus: 'succeeded',
      onCancel: 'skipped',
    });
  });

  it('of an input that the task does not have is failed, with the place', async () => {
    const job = await runTestJob({ steps: [taskStep('Bash@3', { scrpt: 'x' }, { name: 'a' })] });
    assert.match(job.step('a').message, /Bash@3 at azure-pipelines.yml:7:3: the task declares no input 'scrpt'/);
  });
});

describe('names of steps', () => {
  it('are their own, else made from the task and counted', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep('echo "$(System.TaskInstanceName)"'),
        scriptStep('echo "$(System.TaskInstanceName)"', { name: 'own' }),
        scriptStep('echo "$(System.TaskInstanceName)"'),
        taskStep('Bash@3', { targetType: 'inline', script: 'echo "$(System.TaskInstanceName)"' }),
      ],
    });
    assert.deepEqual(
      job.record.steps.map(({ name }) => name),
      ['CmdLine', 'own', 'CmdLine1', 'Bash'],
    );
    assert.ok(['CmdLine', 'own', 'CmdLine1', 'Bash'].every((name) => job.lines.includes(name)));
  });
});

describe('retries of a step', () => {
  it('wait 1, 4, 9 seconds and end with the first success', async () => {
    const clock = new AutoClock();
    const job = await runTestJob({
      steps: [
        scriptStep('echo x >> tries; test $(cat tries | wc -l) -ge 3', { name: 'a', retryCountOnTaskFailure: '5' }),
      ],
      options: { clock },
    });
    assert.equal(results(job)['a'], 'succeeded');
    assert.equal(job.step('a').attempts, 3);
    assert.deepEqual(
      clock.waits.filter((wait) => wait !== 5000 && wait !== 300_000),
      [1000, 4000],
    );
    assert.equal(job.outcome.result, 'succeeded');
  });

  it('are ten at most', async () => {
    const job = await runTestJob({
      steps: [scriptStep('exit 1', { name: 'a', retryCountOnTaskFailure: '20' })],
      options: { clock: new AutoClock() },
    });
    assert.equal(results(job)['a'], 'failed');
    assert.equal(job.step('a').attempts, 11);
  });
});

describe('the time-out of a step', () => {
  it('ends its process and fails it', async () => {
    const clock = new VirtualClock();
    const job = await runTestJob({
      steps: [
        scriptStep("trap 'echo asked; exit 0' TERM\necho ready\nwhile :; do sleep 0.01; done", {
          name: 'slow',
          timeoutInMinutes: '2',
        }),
        scriptStep(': 1', { name: 'after' }),
      ],
      options: { clock },
      onLine: (line) => {
        if (line === 'ready') {
          void clock.advance(120_000);
        }
      },
    });
    assert.deepEqual([results(job)['slow'], results(job)['after']], ['failed', 'skipped']);
    assert.ok(job.lines.includes('asked'));
    assert.equal(job.step('slow').message, 'The step ran longer than its time-out of 2 minutes.');
  });
});

describe('the cancel of a job', () => {
  it('ends the step that runs, skips those that follow and runs those that always run', async () => {
    const request = new AbortController();
    const job = await runTestJob({
      steps: [
        scriptStep('echo ready\nexec sleep 600', { name: 'long' }),
        scriptStep(': 1', { name: 'next' }),
        scriptStep('echo "$(Agent.JobStatus)"', { name: 'cleanup', condition: 'always()' }),
        scriptStep(': 1', { name: 'onCancel', condition: 'canceled()' }),
      ],
      signal: request.signal,
      onLine: (line) => {
        if (line === 'ready') {
          request.abort();
        }
      },
    });
    assert.equal(job.outcome.result, 'canceled');
    assert.deepEqual(results(job), {
      long: 'canceled',
      next: 'skipped',
      cleanup: 'succeeded',
      onCancel: 'succeeded',
    });
    assert.ok(job.lines.includes('Canceled'));
  });

  it('before the first step skips all but those that always run', async () => {
    const job = await runTestJob({
      steps: [scriptStep(': 1', { name: 'a' }), scriptStep(': 1', { name: 'b', condition: 'always()' })],
      signal: AbortSignal.abort(),
    });
    assert.deepEqual([results(job)['a'], results(job)['b'], job.outcome.result], ['skipped', 'succeeded', 'canceled']);
  });

  it('does not end a step that always runs', async () => {
    const request = new AbortController();
    const job = await runTestJob({
      steps: [scriptStep('echo ready\nsleep 0.1\necho whole', { name: 'a', condition: 'always()' })],
      signal: request.signal,
      onLine: (line) => {
        if (line === 'ready') {
          request.abort();
        }
      },
    });
    assert.equal(results(job)['a'], 'succeeded');
    assert.ok(job.lines.includes('whole'));
  });

  it('kills the whole tree of a process that takes no signal', async () => {
    const clock = new VirtualClock();
    const request = new AbortController();
    let pid = 0;
    const job = await runTestJob({
      steps: [
        scriptStep("trap '' TERM INT\n(trap '' TERM INT; while :; do sleep 0.01; done) &\necho child $!\nwait", {
          name: 'deaf',
        }),
      ],
      signal: request.signal,
      options: { clock },
      onLine: (line) => {
        if (line.startsWith('child ')) {
          pid = Number(line.slice('child '.length));
          request.abort();
          void clock.advance(10_000);
        }
      },
    });
    assert.equal(results(job)['deaf'], 'canceled');
    assert.ok(pid > 0);
    assert.equal(isAlive(pid), false);
  });

  it('waits for steps that always run no longer than its time-out', async () => {
    const clock = new VirtualClock();
    const request = new AbortController();
    const job = await runTestJob({
      steps: [
        scriptStep("trap '' TERM\necho ready\nwhile :; do sleep 0.01; done", { name: 'a', condition: 'always()' }),
        scriptStep(': 1', { name: 'b', condition: 'always()' }),
      ],
      signal: request.signal,
      cancelTimeoutMinutes: 3,
      options: { clock },
      onLine: (line) => {
        if (line === 'ready') {
          request.abort();
          void clock.advance(180_000);
        }
      },
    });
    assert.deepEqual([results(job)['a'], results(job)['b']], ['canceled', 'canceled']);
    assert.match(job.record.note ?? '', /did not end within the time-out of its cancel/);
  });

  it('comes from its own time-out too, and the note says so', async () => {
    const clock = new VirtualClock();
    const job = await runTestJob({
      steps: [scriptStep('echo ready\nexec sleep 600', { name: 'a' })],
      timeoutMinutes: 60,
      options: { clock },
      onLine: (line) => {
        if (line === 'ready') {
          void clock.advance(3_600_000);
        }
      },
    });
    assert.equal(job.outcome.result, 'canceled');
    assert.equal(job.record.note, 'The job ran longer than its time-out of 60 minutes.');
  });
});

describe('the end of a job', () => {
  it('leaves no process and no temporary file', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep('nohup setsid sleep 600 >/dev/null 2>&1 &\necho "pid $!"; echo x > "$AGENT_TEMPDIRECTORY/f"', {
          name: 'a',
        }),
        scriptStep('ls "$AGENT_TEMPDIRECTORY"'),
      ],
    });
    const pid = Number(job.lines.find((line) => line.startsWith('pid '))?.slice('pid '.length));
    assert.equal(job.outcome.result, 'succeeded');
    assert.ok(job.lines.includes('f'));
    assert.equal(isAlive(pid), false);
  });

  it('keeps long output out of memory and in the log', async () => {
    const job = await runTestJob({
      steps: [scriptStep('seq 1 20000; head -c 3000000 /dev/zero | tr "\\0" x', { name: 'a' })],
    });
    assert.equal(job.lines.filter((line) => /^\d+$/.test(line)).length, 20_000);
    const longest = Math.max(...job.lines.map((line) => line.length));
    assert.ok(longest < 1_100_000 && longest > 1_000_000);
  });
});
