import assert from 'node:assert/strict';
import { CommandFolder } from '../support/command-process';
import { processesWith, untilProcesses } from '../support/jobs';

const LONG = `
steps:
- checkout: none
- bash: |
    sleep 300 &
    echo "waits now" > "$COMMAND_FOLDER/waits"
    echo "##vso[task.logissue type=warning]waits now"
    wait
  displayName: Wait
- bash: echo "not this one" > "$COMMAND_FOLDER/next"
- bash: echo "cleaned" > "$COMMAND_FOLDER/cleaned"
  displayName: Clean up
  condition: always()
`;

/** A step that no polite signal ends, with a child of its own session. */
const DEAF = `
steps:
- checkout: none
- bash: |
    trap '' INT TERM
    setsid sleep 300 &
    echo "##vso[task.logissue type=warning]waits now"
    while true; do sleep 300; done
  displayName: Wait
`;

/** A step that fails beside another one of itself; when it is run again it does not wait. */
const ALONE = `
steps:
- checkout: none
- bash: |
    exec 9> "$COMMAND_FOLDER/lock"
    flock --nonblock 9 || exit 3
    echo "##vso[task.logissue type=warning]waits now"
    [ -e "$COMMAND_FOLDER/again" ] || sleep 300
  displayName: Wait
`;

describe('signals to a run', () => {
  let folder: CommandFolder;

  /** A variable of the pipeline, so that every process of its steps has it in its environment. */
  const marker = () => `COMMAND_FOLDER=${folder.path}`;

  afterEach(() => folder.remove());

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`cancel it with ${signal}: its processes end, and what runs always runs`, async () => {
      folder = new CommandFolder({ 'p.yml': LONG });
      const run = folder.start('run', 'p.yml', '--variable', marker());
      await run.shows('waits now');
      run.child.kill(signal);
      const { exitCode, stdout } = await run.end;
      assert.equal(exitCode, 1, stdout);
      assert.match(stdout, /Run 1 .* canceled/);
      assert.deepEqual([folder.has('waits'), folder.has('next'), folder.has('cleaned')], [true, false, true]);
      const { result, state, stages } = folder.record('1');
      assert.deepEqual([result, state], ['canceled', 'completed']);
      assert.deepEqual(
        stages[0]?.jobs[0]?.steps.map((step) => step.result),
        ['canceled', 'skipped', 'succeeded'],
      );
      await untilProcesses(marker(), 0);
    });
  }

  it('cancel it when the terminal is closed, although nobody reads any longer what it says', async () => {
    folder = new CommandFolder({ 'p.yml': LONG });
    const run = folder.start('run', 'p.yml', '--variable', marker());
    await run.shows('waits now');
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    run.child.kill('SIGHUP');
    const { exitCode } = await run.end;
    assert.equal(exitCode, 1);
    assert.equal(folder.has('cleaned'), true);
    assert.equal(folder.record('1').result, 'canceled');
    await untilProcesses(marker(), 0);
  });

  it('leave steps behind when they kill it, which a retry ends before it begins', async () => {
    folder = new CommandFolder({ 'p.yml': ALONE });
    const run = folder.start('run', 'p.yml', '--variable', marker());
    await run.shows('waits now');
    while (!folder.has('.mlops/runs/1/run.json') || folder.record('1').stages[0]?.jobs[0]?.state !== 'inProgress') {
      await new Promise((resolve) => setImmediate(resolve)); // changes of a record are gathered for a moment
    }
    run.child.kill('SIGKILL');
    await run.end;
    assert.notDeepEqual(processesWith(marker()), []);
    folder.write('again', '');
    const { exitCode, stdout } = await folder.run('--retry', '1:__default');
    assert.equal(exitCode, 0, stdout);
    await untilProcesses(marker(), 0);
  });

  it('end it at once when there are two, with everything that it started', async () => {
    folder = new CommandFolder({ 'p.yml': DEAF });
    const run = folder.start('run', 'p.yml', '--variable', marker());
    await run.shows('waits now');
    await untilProcesses(marker(), 3);
    run.child.kill('SIGINT');
    await run.shows('Cancelling the run');
    run.child.kill('SIGINT');
    const { exitCode, stdout } = await run.end;
    assert.equal(exitCode, 130);
    assert.match(stdout, /Run 1 .* canceled in /);
    assert.match(stdout, /page {7}\.mlops\/runs\/1\/index\.html/);
    const { result, state, stages } = folder.record('1');
    assert.deepEqual([result, state, stages[0]?.result], ['canceled', 'completed', 'canceled']);
    assert.deepEqual(folder.filesWith('Running: stage'), []);
    await untilProcesses(marker(), 0);
  });
});
