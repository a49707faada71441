import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type GraphLayout, type GraphNode, layoutGraph } from '../../../../../local/pipelines/page/graph-layout';

/** Graphs without circles, some arrows long, some to nowhere. */
const graphs = fc
  .array(fc.array(fc.nat(30), { maxLength: 5 }), { maxLength: 25 })
  .map((all) =>
    all.map((sources, index): GraphNode => ({ name: `n${index}`, dependsOn: sources.map((source) => `n${source}`) })),
  )
  .map((nodes) =>
    nodes.map(({ name, dependsOn }, index) => ({
      name,
      dependsOn: dependsOn.filter((source) => Number(source.slice(1)) < index || Number(source.slice(1)) > 25),
    })),
  );

/** Names from which a way of arrows leads to each node. */
function reaches(edges: readonly { from: string; to: string }[]): Set<string> {
  const found = new Set(edges.map(({ from, to }) => `${from}>${to}`));
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const way of [...found]) {
      const [start, end] = way.split('>');
      for (const { to } of edges.filter(({ from }) => from === end)) {
        found.add(`${start}>${to}`);
      }
    }
  }
  return found;
}

/** Whether a point lies inside a box, not on its side. */
function inside({ nodes }: GraphLayout, x: number, y: number): boolean {
  return nodes.some((node) => x > node.x && x < node.x + node.width && y > node.y && y < node.y + node.height);
}

describe('the layout of the graph', () => {
  it('places every stage once, inside the drawing and over no other', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, width, height } = layoutGraph(graph);
        assert.deepEqual(nodes.map(({ name }) => name).sort(), graph.map(({ name }) => name).sort());
        for (const [index, a] of nodes.entries()) {
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height);
          for (const b of nodes.slice(index + 1)) {
            const apart = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
            assert.ok(apart, `${a.name} lies over ${b.name}`);
          }
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('has room for seven stages in a row on a page of 1300 pixels', () => {
    const names = ['unit', 'train_a', 'evaluate_a', 'promote_a', 'train_b', 'evaluate_b', 'promote_b'];
    const inRow = names.map((name, index) => ({ name, dependsOn: names.slice(Math.max(0, index - 1), index) }));
    // 16 pixels of the page on each side, and the line around the drawing.
    assert.ok(layoutGraph(inRow).width <= 1300 - 2 * 17);
  });

  it('leads every arrow from left to right, through no box', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const layout = layoutGraph(graph);
        for (const { points } of layout.edges) {
          for (const [index, [x, y]] of points.entries()) {
            const [nextX, nextY] = points[index + 1] ?? [Number.POSITIVE_INFINITY, y];
            assert.ok(x < nextX);
            const crossesAColumn = index % 2 === 1;
            assert.ok(!crossesAColumn || index === points.length - 1 || nextY === y);
            assert.equal(inside(layout, index === points.length - 1 ? x : (x + nextX) / 2, (y + nextY) / 2), false);
          }
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('keeps which stage waits for which, and draws no arrow that others imply', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const names = new Set(graph.map(({ name }) => name));
        const wanted = graph.flatMap(({ name, dependsOn }) =>
          dependsOn.filter((source) => names.has(source)).map((source) => ({ from: source, to: name })),
        );
        const { edges } = layoutGraph(graph);
        assert.deepEqual([...reaches(edges)].sort(), [...reaches(wanted)].sort());
        for (const edge of edges) {
          const others = reaches(edges.filter((other) => other !== edge));
          assert.equal(others.has(`${edge.from}>${edge.to}`), false);
        }
      }),
      { seed: 13, numRuns: 100 },
    );
  });

  it('passes over names that are no stage and what closes a circle', () => {
    const { nodes, edges } = layoutGraph([
      { name: 'a', dependsOn: ['a', 'nowhere', 'b'] },
      { name: 'b', dependsOn: ['a'] },
    ]);
    assert.equal(nodes.length, 2);
    assert.ok(edges.length <= 1);
    assert.deepEqual(layoutGraph([]), { width: 0, height: 0, nodes: [], edges: [] });
  });
});
