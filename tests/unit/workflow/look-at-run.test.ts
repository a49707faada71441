import assert from 'node:assert/strict';
import type { Run } from '../../../src/databricks/runs';
import { lookAtRun } from '../../../src/workflow/look-at-run';
import { AutoClock } from '../../support/auto-clock';

const RUNNING = { life_cycle_state: 'RUNNING' };
const SUCCESS = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };

function looks(count: number) {
  const clock = new AutoClock();
  const asked: string[] = [];
  const now = { run: RUNNING as Run['state'], task: RUNNING as Run['state'] };
  const run = (tasks: number): Run => ({
    run_id: '1',
    ...(now.run === undefined ? {} : { state: now.run }),
    tasks: Array.from({ length: tasks }, (_, at) => ({
      run_id: String(at),
      task_key: `t${at}`,
      ...(now.task === undefined ? {} : { state: now.task }),
    })),
  });
  const look = lookAtRun(
    {
      whole: async () => {
        asked.push('whole');
        return run(count);
      },
      firstPage: async () => {
        asked.push('page');
        return run(Math.min(100, count));
      },
    },
    clock,
  );
  return { clock, asked, now, look };
}
const ended = (run: Run) => (run.tasks ?? []).filter(({ state }) => state?.result_state === 'SUCCESS').length;

describe('looks at a run', () => {
  it('are always whole where all tasks fit on a page', async () => {
    const { look, asked } = looks(100);
    await look();
    await look();
    assert.deepEqual(asked, ['whole', 'whole']);
  });

  it('are mostly at the first page where they do not, and lose no task', async () => {
    const { look, asked, clock, now } = looks(250);
    await look();
    now.task = SUCCESS;
    const second = await look();
    assert.deepEqual([second.tasks?.length, ended(second)], [250, 100]);
    clock.advance(10_000);
    const third = await look();
    assert.deepEqual([third.tasks?.length, ended(third)], [250, 250]);
    assert.deepEqual(asked, ['whole', 'page', 'whole']);
  });

  it('are whole at the end, whenever it comes', async () => {
    const { look, asked, now } = looks(250);
    await look();
    now.run = SUCCESS;
    now.task = SUCCESS;
    assert.equal(ended(await look()), 250);
    assert.deepEqual(asked, ['whole', 'page', 'whole']);
  });
});
