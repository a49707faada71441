import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inOrder } from '../../../src/workflow/task-graph';

const task = (task_key: string, ...before: string[]) => ({
  task_key,
  depends_on: before.map((key) => ({ task_key: key })),
});
const keys = (tasks: readonly { task_key: string }[]) => tasks.map(({ task_key }) => task_key).join(' ');

describe('the order of tasks', () => {
  it('puts each after those that it depends on, and leaves the rest as it was', () => {
    assert.equal(keys(inOrder([task('d', 'b', 'c'), task('b', 'a'), task('c', 'a'), task('a')])), 'a b c d');
    assert.equal(keys(inOrder([task('b'), task('a')])), 'b a');
  });

  it('loses nothing in a circle, for a name that is not there, or for a task with several attempts', () => {
    assert.equal(keys(inOrder([task('a', 'b'), task('b', 'a'), task('c', 'gone'), task('c')])), 'c c a b');
    assert.equal(keys(inOrder([task('b', 'a'), task('a'), task('a')])), 'a a b');
  });

  it('holds for any graph', () => {
    const graph = fc
      .integer({ min: 1, max: 30 })
      .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)))));
    fc.assert(
      fc.property(graph, ([size, edges]) => {
        // An edge from the smaller to the larger number: no circles. The list is given in reverse.
        const tasks = Array.from({ length: size }, (_, at) => {
          const number = size - 1 - at;
          const before = edges
            .filter(([a, b]) => Math.max(a, b) === number && a !== b)
            .map((edge) => Math.min(...edge));
          return task(`t${number}`, ...before.map((one) => `t${one}`));
        });
        const ordered = inOrder(tasks);
        assert.equal(new Set(ordered).size, size);
        const place = new Map(ordered.map(({ task_key }, at) => [task_key, at]));
        for (const { task_key, depends_on } of ordered) {
          assert.ok(depends_on.every((before) => (place.get(before.task_key) ?? 0) < (place.get(task_key) ?? 0)));
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
