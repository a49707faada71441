import { counted } from '../../src/counted';
import { mlflowRunUrl } from '../../src/databricks/links';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import {
  type Comparison,
  type MetricPair,
  type ParameterPair,
  RUNS_COMPARED,
  type RunPair,
} from '../../src/workflow/compare-runs';

const ROWS_SHOWN = 30;
const VALUE_CHARACTERS = 80;
const NONE = '–';

/** Parameters and metrics of a run's MLflow runs, beside those of the last successful run; parameters that changed come first. */
export function comparisonTables(workspaceUrl: string, { pairs, leftOut, former }: Comparison): string {
  if (pairs.length === 0) {
    return '';
  }
  const beside = former === undefined ? undefined : markdownLink(`run ${former.runId}`, former.url);
  const tables = pairs.slice(0, RUNS_COMPARED).map((pair) => pairTables(workspaceUrl, pair, beside));
  const more = pairs.length - tables.length;
  const figures =
    more === 0 ? '' : `Parameters and metrics of ${counted(more, 'more MLflow run')} are in outputs.json.`;
  const ids = leftOut === 0 ? '' : `Of ${counted(leftOut, 'more MLflow run')} it has the ids alone.`;
  return [...tables, `${figures} ${ids}`.trim()].filter((part) => part !== '').join('\n\n');
}

/** The runs that have tables here: outputs.json has all. */
export function shownPart({ pairs, leftOut, ...rest }: Comparison): Comparison {
  const shown = pairs.slice(0, RUNS_COMPARED);
  return { ...rest, pairs: shown, leftOut: leftOut + pairs.length - shown.length };
}

function pairTables(workspaceUrl: string, pair: RunPair, beside: string | undefined): string {
  const { mlflowRunId, experimentId, name, task, formerMlflowRunId, metrics, parameters } = pair;
  const link = markdownLink(name || mlflowRunId, mlflowRunUrl(workspaceUrl, experimentId, mlflowRunId));
  const where = task === '' ? '' : ` of task ${escapeMarkdown(task)}`;
  const other =
    beside === undefined || formerMlflowRunId === undefined
      ? ', with no earlier successful run to compare with'
      : `, beside the last successful ${beside}`;
  const compared = formerMlflowRunId !== undefined;
  return [
    `MLflow run ${link}${where}${other}:`,
    rows('Metric', metrics, compared, metricCells, compared ? ['Change'] : []),
    rows('Parameter', changedFirst(parameters, compared), compared, parameterCells, compared ? ['Change'] : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function rows<Pair extends { readonly name: string }>(
  title: string,
  pairs: readonly Pair[],
  compared: boolean,
  cells: (pair: Pair) => [now: string, before: string, change: string],
  change: readonly string[],
): string {
  if (pairs.length === 0) {
    return '';
  }
  const table = markdownTable(
    [title, 'This run', ...(compared ? ['Last success'] : []), ...change],
    pairs
      .slice(0, ROWS_SHOWN)
      .map((pair) => [escapeMarkdown(short(pair.name)), ...cells(pair).slice(0, compared ? 3 : 1)]),
  );
  const more = pairs.length - ROWS_SHOWN;
  return more > 0 ? `${table}\n\n${more} more of them are in outputs.json.` : table;
}

function metricCells({ now, before, delta }: MetricPair): [string, string, string] {
  return [valueText(now), valueText(before), delta === undefined ? NONE : changeText(delta, before)];
}

function parameterCells({ now, before }: ParameterPair): [string, string, string] {
  return [valueText(now), valueText(before), now === before ? '' : 'changed'];
}

function changedFirst(parameters: readonly ParameterPair[], compared: boolean): readonly ParameterPair[] {
  const changed = parameters.filter(({ now, before }) => now !== before);
  return compared ? [...changed, ...parameters.filter(({ now, before }) => now === before)] : parameters;
}

function changeText(delta: number, before: number | string | undefined): string {
  const sign = delta > 0 ? '+' : '';
  const share = typeof before === 'number' && before !== 0 ? (100 * delta) / Math.abs(before) : undefined;
  const percent = share === undefined || !Number.isFinite(share) ? '' : ` (${sign}${numberText(share, 3)} %)`;
  return delta === 0 ? '0' : `${sign}${numberText(delta, 4)}${percent}`;
}

function valueText(value: number | string | undefined): string {
  if (value === undefined) {
    return NONE;
  }
  return typeof value === 'number' ? numberText(value, 6) : escapeMarkdown(short(value));
}

function numberText(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits))).replace(/^-/, '−');
}

function short(text: string): string {
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}…` : text;
}
