import { type Html, html } from '../../html';
import { type ShownRun, stateOf } from './overview';

const MOST_SHOWN = 200_000;

/** A task of a run with what it left. */
export interface ShownTask extends ShownRun {
  readonly task_key: string;
  readonly attempt_number: number;
  readonly log: string;
  readonly error?: string;
  readonly exitValue?: string;
}

/** One run: its state, and for each task state, error, exit value and the end of its log. */
export function runBody(run: ShownRun, tasks: readonly ShownTask[]): Html {
  return html`
<h2>Run ${run.run_id}: ${run.run_name ?? ''}</h2>
<p>${stateOf(run)} ${run.state.state_message}</p>
${tasks.map(taskPart)}`;
}

function taskPart(task: ShownTask): Html {
  return html`
<h2>${task.task_key}${task.attempt_number > 0 ? `, attempt ${task.attempt_number + 1}` : ''}</h2>
<p>${stateOf(task)} ${task.state.state_message}</p>
${task.error === undefined ? undefined : html`<p>Error: <code>${task.error}</code></p>`}
${task.exitValue === undefined ? undefined : html`<p>Exit value: <code>${task.exitValue}</code></p>`}
<pre>${task.log.slice(-MOST_SHOWN)}</pre>`;
}
