import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Result } from '../../../../../local/pipelines/record/run-record';
import { runOf } from '../../../../support/pipeline-run';

const CONDITIONS = ['', 'always()', 'failed()', 'succeededOrFailed()', 'not(canceled())', 'false'] as const;
const RESULTS: readonly Result[] = ['succeeded', 'succeededWithIssues', 'failed', 'canceled'];

interface Node {
  readonly dependsOn: readonly number[];
  readonly condition: (typeof CONDITIONS)[number];
  readonly result: Result;
}

/** Nodes that depend only on those before them. */
function graphs(most: number): fc.Arbitrary<readonly Node[]> {
  return fc
    .array(
      fc.record({
        seeds: fc.array(fc.nat(), { maxLength: 3 }),
        condition: fc.constantFrom(...CONDITIONS),
        result: fc.constantFrom(...RESULTS),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((nodes) =>
      nodes.map(({ seeds, condition, result }, index) => ({
        dependsOn: index === 0 ? [] : [...new Set(seeds.map((seed) => seed % index))],
        condition,
        result,
      })),
    );
}

function written(nodes: readonly Node[], indent: string, item: (index: number) => string): string {
  return nodes
    .map(({ dependsOn, condition }, index) =>
      [
        `- ${item(index)}`,
        `  dependsOn: [${dependsOn.map((before) => `n${before}`).join(', ')}]`,
        ...(condition === '' ? [] : [`  condition: ${condition}`]),
      ]
        .map((line) => `${indent}${line}`)
        .join('\n'),
    )
    .join('\n');
}

/** What each node ends as, worked out from the documentation without the runner. */
function expected(nodes: readonly Node[]): readonly Result[] {
  const before = (index: number): ReadonlySet<number> =>
    new Set((nodes[index]?.dependsOn ?? []).flatMap((direct) => [direct, ...before(direct)]));
  const results: Result[] = [];
  nodes.forEach(({ condition, result }, index) => {
    const others = [...before(index)].map((each) => results[each]);
    const good = others.every((each) => each === 'succeeded' || each === 'succeededWithIssues');
    const bad = others.includes('failed');
    const runs = {
      '': good,
      'always()': true,
      'failed()': bad,
      'succeededOrFailed()': good || bad,
      'not(canceled())': true,
      false: false,
    }[condition];
    results.push(runs ? result : 'skipped');
  });
  return results;
}

describe('any graph', () => {
  it('of stages ends as the documentation says, in order, each stage once', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(12), async (nodes) => {
        const ended = new Set<string>();
        const yaml = `stages:\n${written(nodes, '', (index) => `stage: n${index}\n  jobs: [{ job: main, steps: [] }]`)}`;
        const ran = await runOf(yaml, {
          jobs: async ({ record, variables }) => {
            const name = variables.get('System.StageName')?.value ?? '';
            const node = nodes[Number(name.slice(1))];
            const results = expected(nodes);
            assert.ok(node?.dependsOn.every((before) => ended.has(`n${before}`) || results[before] === 'skipped'));
            await new Promise((resolve) => setImmediate(resolve));
            ended.add(name);
            assert.equal(record.state, 'inProgress');
            return { result: node?.result ?? 'failed' };
          },
        });
        assert.deepEqual(
          ran.record.stages.map(({ result }) => result),
          expected(nodes),
        );
        assert.equal(new Set(ran.began).size, ran.began.length);
        assert.equal(ran.record.state, 'completed');
      }),
      { seed: 41, numRuns: 120 },
    );
  });

  it('of jobs ends as the documentation says, each job once, with one agent or many', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(10), fc.integer({ min: 1, max: 4 }), async (nodes, agents) => {
        const yaml = `jobs:\n${written(nodes, '', (index) => `job: n${index}\n  steps: []`)}`;
        const ran = await runOf(yaml, {
          request: { agents },
          jobs: ({ record }) => ({ result: nodes[Number(record.phase.slice(1))]?.result ?? 'failed' }),
        });
        const jobs = ran.record.stages[0]?.jobs ?? [];
        const found = nodes.map((_, index) =>
          jobs.filter(({ phase }) => phase === `n${index}`).map(({ result }) => result),
        );
        assert.deepEqual(
          found,
          expected(nodes).map((result) => [result]),
        );
        assert.equal(new Set(ran.began).size, ran.began.length);
      }),
      { seed: 42, numRuns: 120 },
    );
  });

  it('gives the same ids each time, and no id twice', async () => {
    const yaml =
      'stages: [{ stage: A, jobs: [{ job: a, steps: [] }, { job: b, steps: [] }] }, { stage: B, jobs: [{ job: a, steps: [] }] }]';
    const ids = ({ record }: Awaited<ReturnType<typeof runOf>>) =>
      record.stages.flatMap((stage) => [stage.id, ...stage.jobs.map(({ id }) => id)]);
    const [one, two] = [ids(await runOf(yaml)), ids(await runOf(yaml))];
    assert.deepEqual(one, two);
    assert.equal(new Set(one).size, 5);
    assert.ok(one.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  });

  it('ends the others before a defect of a job is raised', async () => {
    const yaml =
      'stages: [{ stage: A, jobs: [{ job: a, steps: [] }, { job: b, steps: [] }] }, { stage: B, condition: always(), jobs: [{ job: a, steps: [] }] }]';
    const began: string[] = [];
    let ended = false;
    await assert.rejects(
      () =>
        runOf(yaml, {
          jobs: async ({ record }) => {
            began.push(record.name);
            if (record.name === 'a') {
              throw new Error('broken');
            }
            await new Promise((resolve) => setImmediate(resolve));
            ended = true;
            return {};
          },
        }),
      /broken/,
    );
    assert.equal(ended, true);
    assert.deepEqual(began, ['a', 'b']);
  });
});
