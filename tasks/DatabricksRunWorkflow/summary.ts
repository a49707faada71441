import { neutralLine } from '../../src/agent/neutral-text';
import { counted } from '../../src/counted';
import { mlflowRunUrl, modelVersionUrl } from '../../src/databricks/links';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import type { Comparison } from '../../src/workflow/compare-runs';
import type { FoundModels } from '../../src/workflow/find-models';
import { durationText } from '../../src/workflow/polling';
import { failedTestLine } from '../../src/workflow/test-results';
import type { Brought } from './bring';
import { failedByThemselves, hasFailed, placeText, type TaskReport } from './collect';
import { comparisonTables } from './comparison-tables';

/** What the summary of an ended run is made of. */
export interface Ended {
  readonly workspaceUrl: string;
  readonly run: Run;
  readonly tasks: readonly TaskReport[];
  /** Tasks below the run that were not looked at. */
  readonly leftOut: number;
  readonly found: FoundModels;
  /** Why it is not known what the run left in MLflow; `found` is empty then. */
  readonly modelsUnknown: { readonly code: string; readonly message: string } | undefined;
  readonly comparison: Comparison | undefined;
  readonly brought: Brought;
}

const TASKS_SHOWN = 60;
const FAILURES_SHOWN = 5;
const LINES_SHOWN = 20;
const TESTS_SHOWN = 10;

/** The part of the Markdown summary below the decision. The graph is a table: that the run page draws diagrams is not known. */
export function endedSummary(ended: Ended): string {
  const { workspaceUrl, run, tasks, leftOut, comparison, brought } = ended;
  return [
    runLine(run),
    ...failureParts(tasks),
    taskTable(tasks, leftOut),
    modelList(ended),
    comparison === undefined ? '' : comparisonTables(workspaceUrl, comparison),
    testPart(brought),
    downloadPart(brought),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function runLine(run: Run): string {
  const [start, end] = [Number(run.start_time ?? 0), Number(run.end_time ?? 0)];
  const took = start > 0 && end > start ? `, took ${durationText(end - start)}` : '';
  const queued = Number(run['queue_duration'] ?? 0);
  const waited = queued >= 1000 ? ` (${durationText(queued)} of it in the queue)` : '';
  const began = start > 0 ? `, began ${new Date(start).toISOString().slice(0, 16).replace('T', ' ')} UTC` : '';
  return `${markdownLink(`Run ${run.run_id}`, run.run_page_url ?? '')}${began}${took}${waited}.`;
}

function failureParts(tasks: readonly TaskReport[]): string[] {
  const failed = failedByThemselves(tasks);
  const parts = failed.slice(0, FAILURES_SHOWN).map((task) => {
    const lines = task.lastLines.length === 0 ? [task.error ?? task.message] : task.lastLines.slice(-LINES_SHOWN);
    const shown = lines.filter((line) => line !== '');
    const title = `Task **${escapeMarkdown(placeText(task))}** ended ${escapeMarkdown(task.state)}:`;
    return shown.length === 0 ? title.replace(/:$/, '.') : `${title}\n\n${codeBlock(shown)}`;
  });
  const more = failed.length - FAILURES_SHOWN;
  return more > 0 ? [...parts, `${counted(more, 'more task')} did not succeed.`] : parts;
}

/** A fence longer than any in the text, so that nothing in it ends the block. */
function codeBlock(lines: readonly string[]): string {
  const text = lines.map(neutralLine).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function taskTable(tasks: readonly TaskReport[], leftOut: number): string {
  if (tasks.length === 0) {
    return '';
  }
  const shown = chosen(tasks);
  const hasOrder = shown.some(({ after }) => after.length > 0);
  const table = markdownTable(
    ['Task', ...(hasOrder ? ['After'] : []), 'Result', 'Duration', 'Link'],
    shown.map((task) => [
      `${'· '.repeat(Math.min(task.depth, 5))}${escapeMarkdown(task.path)}`,
      ...(hasOrder ? [task.after.map(escapeMarkdown).join(', ')] : []),
      `${mark(task)} ${escapeMarkdown(stateText(task))}${task.attempt > 1 ? `, attempt ${task.attempt}` : ''}`,
      task.ran ? durationText(task.durationSeconds * 1000) : '',
      task.url === '' ? '' : markdownLink('run', task.url),
    ]),
  );
  const visible = new Set(shown);
  const hidden = tasks.filter((task) => !visible.has(task));
  const rest = hidden.length === 0 ? '' : `\n\nNot shown: ${counts(hidden)}.`;
  return `${table}${rest}${leftOut === 0 ? '' : `\n\nNot looked at: ${leftOut} of the tasks and iterations.`}`;
}

/** Iterations only where they failed. Of many tasks first those that failed, then the others; all in their order. */
function chosen(tasks: readonly TaskReport[]): TaskReport[] {
  const wanted = tasks.filter((task) => hasFailed(task) || !isIteration(task));
  const first = new Set([...new Set([...wanted.filter(hasFailed), ...wanted])].slice(0, TASKS_SHOWN));
  return wanted.filter((task) => first.has(task));
}

/** The path of a task ends in its key, that of an iteration in its number: brackets may stand in keys too. */
function isIteration({ path, taskKey }: TaskReport): boolean {
  return !path.endsWith(taskKey);
}

function counts(tasks: readonly TaskReport[]): string {
  const byState = new Map<string, number>();
  for (const state of tasks.map(stateText)) {
    byState.set(state, (byState.get(state) ?? 0) + 1);
  }
  return [...byState].map(([state, count]) => `${count} × ${escapeMarkdown(state)}`).join(', ');
}

function stateText({ state, ran }: TaskReport): string {
  return ran ? state : `not run (${state})`;
}

function mark(task: TaskReport): string {
  if (task.state === 'SUCCESS') {
    return '✓';
  }
  return hasFailed(task) ? '✗' : '○';
}

function modelList({ workspaceUrl, found }: Ended): string {
  const experimentOf = new Map(found.mlflowRuns.map(({ info }) => [info.run_id, info.experiment_id]));
  return found.versions
    .map(({ model, version, mlflowRunId }) => {
      const experiment = experimentOf.get(mlflowRunId);
      const run =
        experiment === undefined
          ? escapeMarkdown(mlflowRunId)
          : markdownLink(mlflowRunId, mlflowRunUrl(workspaceUrl, experiment, mlflowRunId));
      const page = modelVersionUrl(workspaceUrl, model, version);
      return `* Made ${markdownLink(`${model} version ${version}`, page)}${mlflowRunId === '' ? '' : `, MLflow run ${run}`}`;
    })
    .join('\n');
}

function testPart({ tests }: Brought): string {
  if (tests === undefined) {
    return '';
  }
  const { total, failed, skipped, files } = tests;
  if (files.length === 0) {
    return 'No test results.';
  }
  const line = `${counted(total, 'test')} in ${counted(files.length, 'file')}: ${failed.length} failed, ${skipped} skipped.`;
  const names = failed.slice(0, TESTS_SHOWN).map((test) => `* ${escapeMarkdown(failedTestLine(test))}`);
  const more = failed.length > TESTS_SHOWN ? [`* … and ${failed.length - TESTS_SHOWN} more`] : [];
  return [line, ...(names.length === 0 ? [] : ['', ...names, ...more])].join('\n');
}

function downloadPart({ downloads }: Brought): string {
  return downloads
    .map(
      ({ remote, local, files, bytes }) =>
        `* Brought ${escapeMarkdown(remote)} to ${escapeMarkdown(local)}: ${counted(files, 'file')}, ${counted(bytes, 'byte')}`,
    )
    .join('\n');
}
