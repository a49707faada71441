import assert from 'node:assert/strict';
import type { Run, RunTask } from '../../../src/databricks/runs';
import { TaskError } from '../../../src/errors';
import { NestedLooks } from '../../../src/workflow/nested-looks';
import { AutoClock } from '../../support/auto-clock';

const RUNNING = { life_cycle_state: 'RUNNING' };
const SUCCESS = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };

describe('looks at the runs below a run', () => {
  const nightly = (run_id: string): RunTask => ({
    run_id,
    task_key: 'nightly',
    start_time: 1,
    state: RUNNING,
    run_job_task: {},
  });
  const top: Run = { run_id: '1', state: RUNNING, tasks: [nightly('10')] };

  /** @param tookMs milliseconds that each request takes, or its whole deadline where that is shorter */
  function looks(read: { output?: (id: string) => string | undefined; run: (id: string) => Run }, tookMs = 0) {
    const clock = new AutoClock();
    const lines: string[] = [];
    const debug: string[] = [];
    let asked = 0;
    const nested = new NestedLooks({
      clock,
      say: (line) => lines.push(line),
      debug: (line) => debug.push(line),
      output: async (id, deadlineMs) => {
        clock.advance(Math.min(tookMs, deadlineMs));
        const run_id = (read.output ?? (() => '2'))(id);
        return run_id === undefined ? {} : { run_job_output: { run_id } };
      },
      run: async (id, deadlineMs) => {
        clock.advance(Math.min(tookMs, deadlineMs));
        asked += 1;
        return read.run(id);
      },
    });
    return { nested, clock, lines, debug, asked: () => asked };
  }

  it('say where each is and what changes in it, at most every ten seconds', async () => {
    let state: Run['state'] = RUNNING;
    const { nested, clock, lines, asked } = looks({
      run: () => ({
        run_id: '2',
        run_page_url: 'https://w/2',
        ...(state === undefined ? {} : { state, tasks: [{ run_id: '20', task_key: 'a', state }] }),
      }),
    });
    await nested.look(top);
    await nested.look(top);
    assert.equal(asked(), 1);
    state = SUCCESS;
    clock.advance(10_000);
    await nested.look(top);
    clock.advance(10_000);
    await nested.look(top);
    assert.equal(asked(), 2, 'what has ended is not looked at again');
    assert.deepEqual(lines, [
      'Task nightly started run 2: https://w/2',
      'nightly › Task a: RUNNING',
      'nightly › Run: RUNNING',
      'nightly › Task a: SUCCESS',
      'nightly › Run: SUCCESS',
    ]);
  });

  it('say how each ended when the run itself has ended, however short ago the look before was', async () => {
    let state: Run['state'] = RUNNING;
    const { nested, lines } = looks({ run: () => ({ run_id: '2', ...(state === undefined ? {} : { state }) }) });
    await nested.look(top);
    state = SUCCESS;
    await nested.look({ ...top, state: SUCCESS, tasks: [{ ...nightly('10'), state: SUCCESS }] });
    assert.equal(lines.at(-1), 'nightly › Run: SUCCESS');
  });

  it('go three runs deep and no deeper', async () => {
    const { nested, clock, lines } = looks({
      output: (id) => String(Number(id) + 1),
      run: (id) => ({ run_id: id, state: RUNNING, tasks: [nightly(`${id}0`)] }),
    });
    for (let look = 0; look < 6; look += 1) {
      await nested.look(top);
      clock.advance(10_000);
    }
    assert.deepEqual(
      lines.filter((line) => line.includes('started')).map((line) => line.split(' started')[0]),
      ['Task nightly', 'Task nightly › nightly', 'Task nightly › nightly › nightly'],
    );
  });

  it('follow ten at once of hundreds', async () => {
    const many = {
      ...top,
      tasks: Array.from({ length: 300 }, (_, at) => ({ ...nightly(`${at}`), task_key: `n${at}` })),
    };
    const { nested, asked } = looks({ run: (id) => ({ run_id: id, state: RUNNING }) });
    await nested.look(many);
    assert.equal(asked(), 10);
  });

  it('never hold up the run for long, and come to each in turn', async () => {
    const seen = new Set<string>();
    const ten = Array.from({ length: 10 }, (_, at) => ({ ...nightly(`${at}`), task_key: `n${at}` }));
    const { nested, clock } = looks(
      {
        output: (id) => `r${id}`,
        run: (id) => {
          seen.add(id);
          return { run_id: id, state: RUNNING };
        },
      },
      700,
    );
    for (let look = 0; look < 10; look += 1) {
      const begun = clock.now();
      await nested.look({ ...top, tasks: ten });
      assert.ok(clock.now() - begun <= 2_000, `${clock.now() - begun} ms`);
      clock.advance(1_000);
    }
    assert.equal(seen.size, 10);
    const begun = clock.now();
    clock.advance(10_000);
    await nested.look({ ...top, tasks: ten }, 500);
    assert.ok(clock.now() - begun <= 10_500, 'no longer than the look at the run may take');
  });

  it('go on when one cannot be made, and end with a cancel', async () => {
    let code = 'PERMISSION_DENIED';
    const { nested, clock, lines, debug } = looks({
      run: () => {
        throw new TaskError(code, 'No.');
      },
    });
    await nested.look(top);
    assert.deepEqual([lines, debug.length], [[], 1]);
    code = 'CANCELED';
    clock.advance(10_000);
    await assert.rejects(nested.look(top), { code: 'CANCELED' });
  });
});
