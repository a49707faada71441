import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import { orderText, type PlacedTask } from '../../src/workflow/task-graph';
import type { Plan } from './start';

/** What a dry run can say of what would be asked for. */
export interface Intent extends Pick<Plan, 'subject' | 'parameters'> {
  /** Tasks that would run, in their order. */
  readonly tasks?: readonly PlacedTask[];
  /** Body of the request; absent where none would be sent. */
  readonly request?: unknown;
}

/** Nothing was changed; the log says what would have been asked for. @param what would have become of the subject */
export function dryRunOutcome(
  { subject, parameters, tasks = [], request }: Intent,
  { log }: TaskContext,
  what = 'started',
): TaskOutcome {
  for (const [name, value] of Object.entries(parameters)) {
    log.info(`  ${name} = ${value}`);
  }
  if (tasks.length > 0) {
    log.info(`${counted(tasks.length, 'task')}: ${orderText(tasks)}`);
  }
  if (request !== undefined) {
    log.info(`The request would be:\n${JSON.stringify(request, null, 2)}`);
  }
  return {
    decision: `Dry run: ${subject} would be ${what}.`,
    summary: parameterTable(parameters),
    attachment: {
      kind: 'run',
      content: { dryRun: true, subject, parameters, ...(request === undefined ? {} : { request }) },
    },
  };
}

/** The run goes on without the step. */
export function startedOutcome(run: Run, plan: Plan | undefined): TaskOutcome {
  return {
    decision: `Run ${run.run_id} goes on; the step does not wait for it.`,
    summary: `${markdownLink(`Run ${run.run_id}`, run.run_page_url ?? '')}\n\n${parameterTable(plan?.parameters ?? {})}`,
    attachment: { kind: 'run', content: { runId: run.run_id, url: run.run_page_url ?? '' } },
  };
}

function parameterTable(parameters: Readonly<Record<string, string>>): string {
  const rows = Object.entries(parameters).map(([name, value]) => [escapeMarkdown(name), escapeMarkdown(value)]);
  return rows.length === 0 ? '' : markdownTable(['Parameter', 'Value'], rows);
}
