/** A stage as the graph needs it. */
export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** Pixels. A box of a stage; `layer` counts from the left. */
export interface PlacedNode {
  readonly name: string;
  readonly layer: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow from the right side of one box to the left side of another; `points` lie between boxes only, from left to right. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Seven boxes in a row fit a page of 1300 pixels: the way of a model to production has as many. */
export const NODE_WIDTH = 156;
export const NODE_HEIGHT = 68;
const LANE_HEIGHT = 12;
const COLUMN_GAP = 26;
const ROW_GAP = 16;
const MARGIN = 8;
const ORDERING_SWEEPS = 4;

/** A place in a column: a box, or the lane of an arrow that passes the column. */
interface Slot {
  readonly key: string;
  readonly layer: number;
  readonly height: number;
  readonly before: Slot[];
  readonly after: Slot[];
}

/**
 * Layers by the longest way from a start, so that every arrow goes to the right. An arrow that passes a column gets a lane of its own there, so it
 * crosses no box. Arrows that others imply are left out. Names that are no node, and what would close a circle, are passed over.
 */
export function layoutGraph(nodes: readonly GraphNode[]): GraphLayout {
  const layers = layersOf(nodes);
  const edges = withoutImplied(nodes, layers);
  const { columns, routes } = slotsOf(nodes, layers, edges);
  const order = ordered(columns);
  const tops = stacked(order);
  const height = Math.max(0, ...order.map(columnHeight));
  const left = (layer: number) => MARGIN + layer * (NODE_WIDTH + COLUMN_GAP);
  const middle = (slot: Slot) => (tops.get(slot) ?? 0) + slot.height / 2;
  return {
    width: order.length === 0 ? 0 : left(order.length - 1) + NODE_WIDTH + MARGIN,
    height: order.length === 0 ? 0 : height + 2 * MARGIN,
    nodes: order.flatMap((column) =>
      column
        .filter((slot) => slot.height === NODE_HEIGHT)
        .map((slot) => ({
          name: slot.key,
          layer: slot.layer,
          x: left(slot.layer),
          y: tops.get(slot) ?? 0,
          width: NODE_WIDTH,
          height: NODE_HEIGHT,
        })),
    ),
    edges: routes.map((route) => ({
      from: route[0]?.key ?? '',
      to: route.at(-1)?.key ?? '',
      points: route.flatMap((slot, index) => [
        ...(index > 0 ? [[left(slot.layer), middle(slot)] as const] : []),
        ...(index < route.length - 1 ? [[left(slot.layer) + NODE_WIDTH, middle(slot)] as const] : []),
      ]),
    })),
  };
}

function layersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const visit = (name: string): number => {
    const known = layers.get(name);
    const node = byName.get(name);
    if (known !== undefined || node === undefined || open.has(name)) {
      return known ?? -1;
    }
    open.add(name);
    const layer = 1 + Math.max(-1, ...node.dependsOn.map(visit));
    open.delete(name);
    layers.set(name, layer);
    return layer;
  };
  for (const { name } of nodes) {
    visit(name);
  }
  return layers;
}

/** Source names of each node's arrows: those that no other way implies. */
function withoutImplied(
  nodes: readonly GraphNode[],
  layers: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly string[]> {
  const direct = new Map<string, readonly string[]>();
  for (const { name, dependsOn } of nodes) {
    const layer = layers.get(name) ?? 0;
    direct.set(
      name,
      [...new Set(dependsOn)].filter((source) => (layers.get(source) ?? Number.POSITIVE_INFINITY) < layer),
    );
  }
  const before = new Map<string, Set<string>>();
  const inOrder = [...direct.keys()].sort((a, b) => (layers.get(a) ?? 0) - (layers.get(b) ?? 0));
  for (const name of inOrder) {
    const sources = direct.get(name) ?? [];
    before.set(name, new Set(sources.flatMap((source) => [source, ...(before.get(source) ?? [])])));
  }
  return new Map(
    [...direct].map(([name, sources]) => [
      name,
      sources.filter((source) => !sources.some((other) => before.get(other)?.has(source) === true)),
    ]),
  );
}

function slotsOf(
  nodes: readonly GraphNode[],
  layers: ReadonlyMap<string, number>,
  edges: ReadonlyMap<string, readonly string[]>,
): { columns: Slot[][]; routes: Slot[][] } {
  const columns: Slot[][] = [];
  const add = (key: string, layer: number, height: number): Slot => {
    const slot: Slot = { key, layer, height, before: [], after: [] };
    for (let column = columns.length; column <= layer; column += 1) {
      columns.push([]);
    }
    columns[layer]?.push(slot);
    return slot;
  };
  const boxes = new Map<string, Slot>();
  for (const { name } of nodes) {
    if (!boxes.has(name)) {
      boxes.set(name, add(name, layers.get(name) ?? 0, NODE_HEIGHT));
    }
  }
  const routes: Slot[][] = [];
  for (const [name, sources] of edges) {
    const end = boxes.get(name);
    for (const start of sources.map((source) => boxes.get(source))) {
      if (start !== undefined && end !== undefined) {
        const lanes = Array.from({ length: end.layer - start.layer - 1 }, (_, index) =>
          add('', start.layer + 1 + index, LANE_HEIGHT),
        );
        routes.push(joined([start, ...lanes, end]));
      }
    }
  }
  return { columns, routes };
}

function joined(route: Slot[]): Slot[] {
  route.forEach((slot, index) => {
    const next = route[index + 1];
    if (next !== undefined) {
      slot.after.push(next);
      next.before.push(slot);
    }
  });
  return route;
}

/** Each column sorted by the mean place of what its slots are joined to, to the right and back again: fewer crossings. */
function ordered(columns: readonly Slot[][]): Slot[][] {
  const order = columns.map((column) => [...column]);
  const place = new Map<Slot, number>();
  const note = (column: readonly Slot[]) =>
    column.forEach((slot, index) => {
      place.set(slot, (index + 0.5) / column.length);
    });
  order.forEach(note);
  for (let sweep = 0; sweep < ORDERING_SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? order : [...order].reverse()) {
      const wish = new Map(
        column.map((slot) => [slot, mean(forth ? slot.before : slot.after, place) ?? place.get(slot) ?? 0]),
      );
      column.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      note(column);
    }
  }
  return order;
}

function mean(slots: readonly Slot[], place: ReadonlyMap<Slot, number>): number | undefined {
  return slots.length === 0 ? undefined : slots.reduce((sum, slot) => sum + (place.get(slot) ?? 0), 0) / slots.length;
}

/** The top of each slot: columns are centred on each other. */
function stacked(columns: readonly (readonly Slot[])[]): ReadonlyMap<Slot, number> {
  const highest = Math.max(0, ...columns.map(columnHeight));
  const tops = new Map<Slot, number>();
  for (const column of columns) {
    let top = MARGIN + (highest - columnHeight(column)) / 2;
    for (const slot of column) {
      tops.set(slot, top);
      top += slot.height + ROW_GAP;
    }
  }
  return tops;
}

function columnHeight(column: readonly Slot[]): number {
  return column.reduce((sum, slot) => sum + slot.height + ROW_GAP, column.length === 0 ? 0 : -ROW_GAP);
}
