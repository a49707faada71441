import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chosenTasks, type OrderedTask } from '../../../src/workflow/chosen-tasks';

const task = (task_key: string, ...before: string[]): OrderedTask => ({
  task_key,
  depends_on: before.map((key) => ({ task_key: key })),
});

/** a → b → d, a → c → d, e alone. */
const TASKS = [task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c'), task('e')];

describe('chosen tasks', () => {
  for (const [only, expected] of [
    [['b'], 'b'],
    [['+b'], 'a b'],
    [['b+'], 'b d'],
    [['+b+'], 'a b d'],
    [['a+'], 'a b c d'],
    [['+d'], 'a b c d'],
    [['+e+', 'c'], 'c e'],
    [[], ''],
  ] as const) {
    it(`${JSON.stringify(only)} are ${expected || 'none'}`, () => {
      assert.equal(chosenTasks(TASKS, only, 'job x').join(' '), expected);
    });
  }

  it('refuses a task that is not there, and lists those that are', () => {
    assert.throws(() => chosenTasks(TASKS, ['a', '+z'], "job 'x'"), {
      code: 'TASK_UNKNOWN',
      message: "There is no task 'z' in job 'x'.",
      options: { where: 'Its tasks: a, b, c, d, e.', todo: "Correct input 'only'." },
    });
  });

  it('takes with + on both sides what it takes with one on each, and ends in circles too', () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const graph = fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...keys)), { maxLength: 12 });
    fc.assert(
      fc.property(graph, fc.constantFrom(...keys), (edges, key) => {
        const tasks = keys.map((one) => task(one, ...edges.filter(([to]) => to === one).map(([, from]) => from)));
        const one = chosenTasks(tasks, [`+${key}+`], 'it');
        assert.deepEqual(one, chosenTasks(tasks, [`+${key}`, `${key}+`], 'it'));
        assert.ok(one.includes(key));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
