import { type Html, html } from '../../html';
import { readLog } from '../jobs/attempt-folder';
import { askOperation, type Site } from './in-process-call';
import { runsPart, type ShownRun, stateOf } from './overview';
import { type Cell, facts, link, logText, moment, type Page, seconds, table, valueText } from './parts';

/** Tasks whose logs are shown; further ones have pages of their own. */
const MOST_TASKS = 50;

/** A task of a run as `runs/get` shows it. */
interface ShownTask extends ShownRun {
  readonly task_key: string;
  readonly attempt_number: number;
  readonly depends_on?: readonly { readonly task_key: string }[];
  readonly resolved_values?: unknown;
  readonly [type: string]: unknown;
}

interface ShownRunWhole extends ShownTask {
  readonly tasks?: readonly ShownTask[];
  readonly iterations?: readonly ShownTask[];
  readonly job_parameters?: readonly { readonly name: string; readonly default?: string; readonly value?: string }[];
  readonly overriding_parameters?: Readonly<Record<string, unknown>>;
  readonly trigger?: string;
  readonly trigger_info?: { readonly run_id?: string };
  readonly parent_run_id?: string;
  readonly creator_user_name?: string;
}

interface Output {
  readonly error?: string;
  readonly notebook_output?: { readonly result?: string };
  readonly run_job_output?: { readonly run_id?: string };
}

/** One run, or one run of a task: state, times, parameters, its tasks, and of each what it left. */
export async function runPage(site: Site, runId: string): Promise<Page> {
  const run = await askOperation<ShownRunWhole>(
    site,
    `/api/2.1/jobs/runs/get?run_id=${runId}&include_resolved_values=true`,
  );
  const tasks = run.tasks ?? [];
  const parts = await Promise.all(tasks.slice(0, MOST_TASKS).map((task) => taskPart(site, task)));
  const body = html`
<h2>Run ${run.run_id}: ${run.run_name ?? ''}</h2>
<p>${stateOf(run)} ${run.state.state_message ?? ''}</p>
${facts([
  ['Job', run.job_id === undefined || run.job_id === '0' ? undefined : link(['jobs', run.job_id], run.job_id)],
  ['Started', moment(run.start_time)],
  ['Ended', moment(run.end_time)],
  ['Duration', seconds(run.start_time, run.end_time)],
  ['Started by', run.creator_user_name],
  ['Part of run', parentOf(run)],
])}
${parametersPart(run)}
${tasks.length < 2 ? undefined : html`<h2>Tasks</h2>${table(['Task', 'After', 'State', 'Started', 'Duration'], tasks.map(taskRow))}`}
${parts}
${tasks.length > MOST_TASKS ? html`<p>The logs of ${tasks.length - MOST_TASKS} more tasks are on their own pages.</p>` : undefined}`;
  return { title: `Run ${runId}`, body };
}

function parentOf({ run_id: own, parent_run_id: parent, trigger_info: trigger }: ShownRunWhole): Html | undefined {
  const id = parent ?? trigger?.run_id;
  return id === undefined || id === own ? undefined : link(['runs', id], id);
}

function parametersPart({
  job_parameters: declared = [],
  overriding_parameters: given = {},
}: ShownRunWhole): Html | undefined {
  const rows: (readonly [string, string])[] = [
    ...declared.map(({ name, value, default: standard }) => [name, value ?? standard ?? ''] as const),
    ...Object.entries(given).map(([name, value]) => [name, valueText(value)] as const),
  ];
  return rows.length === 0 ? undefined : html`<h2>Parameters</h2>${table(['Parameter', 'Value'], rows)}`;
}

function iterationsPart(run: ShownRunWhole | undefined): Html | undefined {
  const iterations = run?.iterations ?? [];
  return iterations.length === 0
    ? undefined
    : html`<h2>Iterations</h2>${table(['Iteration', 'Task', 'State', 'Started', 'Duration'], iterations.map(iterationRow))}`;
}

function iterationRow(task: ShownTask): readonly Cell[] {
  const { run_id: id, start_time: start, end_time: end } = task;
  return [link(['runs', id], id), titleOf(task), stateOf(task), moment(start), seconds(start, end)];
}

function taskRow(task: ShownTask): readonly Cell[] {
  const { run_id: id, start_time: start, end_time: end, depends_on: after = [] } = task;
  return [
    link(['runs', id], titleOf(task)),
    after.map(({ task_key: key }) => key).join(', '),
    stateOf(task),
    moment(start),
    seconds(start, end),
  ];
}

function titleOf({ task_key: key, attempt_number: attempt }: ShownTask): string {
  return attempt > 0 ? `${key}, attempt ${attempt + 1}` : key;
}

async function taskPart(site: Site, task: ShownTask): Promise<Html> {
  const { run_id: id, start_time: start, end_time: end } = task;
  const output = await askOperation<Output>(site, `/api/2.2/jobs/runs/get-output?run_id=${id}`);
  const repeated =
    task['for_each_task'] === undefined
      ? undefined
      : await askOperation<ShownRunWhole>(site, `/api/2.1/jobs/runs/get?run_id=${id}`);
  const child = output.run_job_output?.run_id;
  const type = Object.keys(task).find((name) => name.endsWith('_task'));
  const pipeline = (task['pipeline_task'] as { readonly pipeline_id?: string } | undefined)?.pipeline_id;
  return html`
<h2 id="task-${id}">${titleOf(task)}</h2>
<p>${stateOf(task)} ${task.state.state_message ?? ''}</p>
${facts([
  ['Type', type],
  ['Started', moment(start)],
  ['Duration', seconds(start, end)],
  ['Runs', child === undefined ? undefined : link(['runs', child], `run ${child}`)],
  ['Pipeline', pipeline === undefined ? undefined : link(['pipelines', pipeline], pipeline)],
  ['Values', task.resolved_values === undefined ? undefined : html`<code>${valueText(task.resolved_values)}</code>`],
  ['Error', output.error === undefined ? undefined : html`<code>${output.error}</code>`],
  [
    'Exit value',
    output.notebook_output?.result === undefined ? undefined : html`<code>${output.notebook_output.result}</code>`,
  ],
])}
${iterationsPart(repeated)}
${logText((await readLog(site.workspace, id)).text)}`;
}

interface ShownJob {
  readonly job_id: string;
  readonly creator_user_name?: string;
  readonly settings: {
    readonly name?: string;
    readonly parameters?: readonly { readonly name: string; readonly default?: string }[];
    readonly tasks?: readonly {
      readonly task_key: string;
      readonly depends_on?: readonly { readonly task_key: string }[];
      readonly [type: string]: unknown;
    }[];
  };
}

/** A job: its tasks, its parameters and its runs. */
export async function jobPage(site: Site, jobId: string): Promise<Page> {
  const { settings, creator_user_name: creator } = await askOperation<ShownJob>(
    site,
    `/api/2.1/jobs/get?job_id=${jobId}`,
  );
  const { name = '', tasks = [], parameters = [] } = settings;
  const body = html`
<h2>Job ${jobId}: ${name}</h2>
${facts([['Created by', creator]])}
<h2>Tasks</h2>${table(
    ['Task', 'Type', 'After'],
    tasks.map((task) => [
      task.task_key,
      Object.keys(task).find((field) => field.endsWith('_task')) ?? '',
      (task.depends_on ?? []).map(({ task_key: key }) => key).join(', '),
    ]),
  )}
<h2>Parameters</h2>${table(
    ['Parameter', 'Default'],
    parameters.map((parameter) => [parameter.name, parameter.default ?? '']),
  )}
<h2>Runs</h2>${await runsPart(site, new URLSearchParams({ job_id: jobId }))}`;
  return { title: `Job ${jobId}`, body };
}
