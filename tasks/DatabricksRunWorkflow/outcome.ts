import type { TaskOutcome } from '../../src/agent/task-context';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import type { Plan } from './start';

/** Nothing was changed. @param what would have become of the subject */
export function dryRunOutcome(
  { subject, parameters }: Pick<Plan, 'subject' | 'parameters'>,
  what = 'started',
): TaskOutcome {
  return {
    decision: `Dry run: ${subject} would be ${what}.`,
    summary: parameterTable(parameters),
    attachment: { kind: 'run', content: { dryRun: true, subject, parameters } },
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
