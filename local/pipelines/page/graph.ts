import { counted } from '../../../src/counted';
import { type Html, html } from '../../html';
import type { StageRecord } from '../record/run-record';
import { titleOf } from '../record/titles';
import type { Attempts } from './attempts';
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, type PlacedEdge, type PlacedNode } from './graph-layout';
import { jobsOf, type RunView, stageState } from './run-view';
import { icon, stateWord } from './states';
import { takenText } from './times';

/** Signs that a line of a box has room for. */
const TITLE_UNITS = 14;
const FACT_SIGNS = 21;

/** The stages as a drawing: each box leads to its stage; arrows show which stage waits for which. */
export function stageGraph(view: RunView): Html {
  const layout = layoutGraph(view.stages.map(({ newest }) => newest));
  const byName = new Map(view.stages.map((stage) => [stage.newest.name, stage]));
  return html`<nav class="graph scroll" aria-label="Graph of the stages" tabindex="0">
<svg width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="arrow" d="M0 0L8 4L0 8z"/></marker></defs>
${layout.edges.map(arrow)}
${layout.nodes.map((node) => box(view, node, byName.get(node.name)))}
</svg></nav>`;
}

/** Straight through the columns, curved between them. */
function arrow({ points }: PlacedEdge): Html {
  const [first, ...others] = points;
  const path = others.reduce(
    ({ text, x, y }, [nextX, nextY], index) => {
      const bend = (x + nextX) / 2;
      const piece = index % 2 === 0 ? `C${bend} ${y} ${bend} ${nextY} ${nextX} ${nextY}` : `L${nextX} ${nextY}`;
      return { text: text + piece, x: nextX, y: nextY };
    },
    { text: `M${first?.[0] ?? 0} ${first?.[1] ?? 0}`, x: first?.[0] ?? 0, y: first?.[1] ?? 0 },
  ).text;
  return html`<path class="edge" d="${path}" marker-end="url(#tip)"/>`;
}

function box(view: RunView, { x, y }: PlacedNode, stage: Attempts<StageRecord> | undefined): Html | undefined {
  if (stage === undefined) {
    return undefined;
  }
  const { newest } = stage;
  const state = stageState(newest);
  const count = jobsOf(newest).length;
  const attempt = newest.attempt > 1 ? `attempt ${newest.attempt}` : undefined;
  const took = takenText(newest.startedAt, newest.finishedAt);
  const word = state === 'issues' ? 'Issues' : stateWord(state);
  const below = factLine(
    [
      // The sign says it already, and the time says more.
      state === 'succeeded' && took !== '' ? '' : word,
      took,
      attempt ?? (count > 1 ? counted(count, 'job') : ''),
    ].filter((fact) => fact !== ''),
  );
  const title = titleOf(newest);
  return html`<a href="#${view.anchor(newest)}" class="s-${state}"><title>${title}: ${stateWord(state)}${attempt === undefined ? '' : `, ${attempt}`}</title>
<svg x="${x}" y="${y}" width="${NODE_WIDTH}" height="${NODE_HEIGHT}"><rect x="2" y="2" width="${NODE_WIDTH - 4}" height="${NODE_HEIGHT - 4}" rx="6"/>
<svg x="10" y="12" width="16" height="16">${icon(state)}</svg>${titleLines(title).map((line, index) => html`<text class="title" x="34" y="${24 + 15 * index}">${line}</text>`)}<text class="below" x="12" y="57">${below}</text></svg></a>`;
}

/** A title in two lines, the second empty where one is enough: parted behind a sign that parts words where there is one; what has no room is shown by `…`. */
function titleLines(text: string): readonly string[] {
  const signs = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.slice(0, 200))].map(
    ({ segment }) => segment,
  );
  const first = fitting(signs);
  if (first === signs.length) {
    return [text, ''];
  }
  const parted = signs.slice(0, first).findLastIndex((sign) => /[\s_.-]/.test(sign)) + 1 || first;
  const rest = signs.slice(parted);
  const second = fitting(rest);
  const shown = second === rest.length ? rest : [...rest.slice(0, Math.max(0, second - 1)), '…'];
  return [signs.slice(0, parted).join(''), shown.join('')];
}

/** How many signs a line has room for; wide ones count twice. */
function fitting(signs: readonly string[]): number {
  let units = 0;
  const end = signs.findIndex((sign) => {
    units += /[\u1100-\u115f\u2e80-\uffef]|\p{Extended_Pictographic}/u.test(sign) ? 2 : 1;
    return units > TITLE_UNITS;
  });
  return end < 0 ? signs.length : end;
}

/** As many of the facts as there is room for, the first ones first. */
function factLine(known: readonly string[]): string {
  return known.reduce((line, fact) => {
    const longer = line === '' ? fact : `${line} · ${fact}`;
    return longer.length <= FACT_SIGNS ? longer : line;
  }, '');
}
