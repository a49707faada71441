import { counted } from '../../src/counted';
import type { PipelineEvent } from '../../src/databricks/pipelines';
import { escapeMarkdown, markdownTable } from '../../src/markdown';

/** What an update did with one flow: the writing of a table, a view or a sink. */
export interface FlowReport {
  readonly flow: string;
  /** `COMPLETED`, `FAILED`, `SKIPPED` … */
  readonly status: string;
  /** Rows written, upserted and deleted, as far as the service counts them. */
  readonly rows: Readonly<Partial<Record<RowCount, number>>>;
}

/** Counts of rows in the metrics of a flow. Source: the schema of the pipeline event log, `flow_progress`. */
const ROW_COUNTS = ['num_output_rows', 'num_upserted_rows', 'num_deleted_rows'] as const;
type RowCount = (typeof ROW_COUNTS)[number];

/**
 * The flows of an update by its event log. That the last count of a flow is that of the whole update is [U].
 * @param events the newest first
 */
export function flowReports(events: readonly PipelineEvent[], updateId: string): FlowReport[] {
  const flows = new Map<string, { status: string; rows: Partial<Record<RowCount, number>> }>();
  for (const { origin, details } of events) {
    const name = origin?.flow_name;
    const progress = details?.flow_progress;
    if (origin?.update_id !== updateId || name === undefined || progress === undefined) {
      continue;
    }
    const flow = flows.get(name) ?? { status: '', rows: {} };
    flows.set(name, flow);
    flow.status ||= String(progress.status ?? '');
    for (const count of ROW_COUNTS) {
      const value = Number(progress.metrics?.[count] ?? Number.NaN);
      if (flow.rows[count] === undefined && Number.isFinite(value)) {
        flow.rows[count] = value;
      }
    }
  }
  return [...flows].map(([flow, { status, rows }]) => ({ flow, status, rows })).reverse();
}

/** A flow in one line of the log. */
export function flowLine({ flow, status, rows }: FlowReport): string {
  return [`Flow '${flow}': ${status}`, ...countsOf(rows)].join(', ');
}

const FLOWS_SHOWN = 60;

/** The flows as a table; empty when there are none. */
export function flowTable(flows: readonly FlowReport[]): string {
  if (flows.length === 0) {
    return '';
  }
  const rows = flows
    .slice(0, FLOWS_SHOWN)
    .map(({ flow, status, rows: counts }) => [flow, status, countsOf(counts).join(', ')].map(escapeMarkdown));
  const more = flows.length - FLOWS_SHOWN;
  return `${markdownTable(['Flow', 'State', 'Rows'], rows)}${more > 0 ? `\n\nNot shown: ${counted(more, 'flow')}.` : ''}`;
}

function countsOf(rows: FlowReport['rows']): string[] {
  const words = { num_output_rows: 'written', num_upserted_rows: 'upserted', num_deleted_rows: 'deleted' };
  return ROW_COUNTS.flatMap((count) => (rows[count] === undefined ? [] : [`${rows[count]} ${words[count]}`]));
}
