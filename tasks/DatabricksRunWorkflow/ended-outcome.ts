import type { TaskOutcome } from '../../src/agent/task-context';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown } from '../../src/markdown';
import type { FoundVersion } from '../../src/workflow/find-models';
import { failedByThemselves, failedTaskKeys, type TaskReport } from './collect';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { RUN_FAILURES } from './run-failures';
import { type Ended, endedSummary } from './summary';

/** The run has ended: its result, its tasks, what it made and what was brought back. */
export function endedOutcome({ run, standing }: EndedRun, ended: Ended, inputs: Inputs): TaskOutcome {
  const { tasks, found, modelsUnknown, comparison, brought } = ended;
  const name = run.run_name ? `'${run.run_name}' ` : '';
  const models = found.versions.filter(({ model }) => inputs.model === '' || model === inputs.model);
  const made =
    models.length === 0 ? '' : ` and made ${models.map(({ model, version }) => `${model} ${version}`).join(', ')}`;
  const failure =
    runFailure({ run, standing }, tasks, inputs) ??
    modelsUnknown ??
    modelFailure(run, tasks, models, inputs) ??
    brought.failure;
  const tests = brought.tests;
  const tested = tests === undefined ? '' : `; ${tests.failed.length} of ${tests.total} tests failed`;
  return {
    decision: `Run ${run.run_id} ${name}ended ${standing.result}${made}${failedText(tasks)}${tested}.`,
    ...(failure === undefined ? {} : { failure }),
    summary: [...(failure === undefined ? [] : [escapeMarkdown(failure.message), '']), endedSummary(ended)].join('\n'),
    attachment: {
      kind: 'run',
      content: {
        runId: run.run_id,
        url: run.run_page_url ?? '',
        resultState: standing.result,
        tasks: tasks.slice(0, TASKS_ATTACHED),
        mlflowRunIds: found.mlflowRunIds,
        versions: found.versions,
        ...(comparison === undefined ? {} : { comparison }),
        ...(tests === undefined ? {} : { tests: { total: tests.total, failed: tests.failed.length } }),
      },
    },
  };
}

const FAILED_NAMED = 3;

/** Which of the run's own tasks failed, and how many were not run because of it. */
function failedText(tasks: readonly TaskReport[]): string {
  const failed = failedTaskKeys(tasks);
  if (failed.length === 0) {
    return '';
  }
  const own = tasks.filter(({ depth }) => depth === 0);
  const notRun = own.filter(({ ran }) => !ran).length;
  const more = failed.length > FAILED_NAMED ? ` and ${failed.length - FAILED_NAMED} more` : '';
  const rest = notRun === 0 ? '' : `; ${notRun} of ${own.length} tasks not run`;
  return `; failed: ${failed.slice(0, FAILED_NAMED).join(', ')}${more}${rest}`;
}

/** All tasks stand in outputs.json. */
const TASKS_ATTACHED = 1_000;

function runFailure(
  { run, standing }: EndedRun,
  tasks: readonly TaskReport[],
  { failOn }: Inputs,
): TaskOutcome['failure'] {
  if (standing.result === 'SUCCESS' || !failOn.has(standing.result)) {
    return undefined;
  }
  const { code, message, todo } = RUN_FAILURES[standing.result];
  const failed = failedByThemselves(tasks).find((task) => task.error !== undefined);
  const reason = failed === undefined ? standing.message : `Task '${failed.path}': ${failed.error}`;
  const cause = reason === '' ? '' : ` ${endSentence(reason)}`;
  return { code, message: `${message(run.run_id)}${cause} ${todo} See ${pageOf(run)}` };
}

function modelFailure(
  run: Run,
  tasks: readonly TaskReport[],
  models: readonly FoundVersion[],
  inputs: Inputs,
): TaskOutcome['failure'] {
  if (inputs.requireModel && models.length === 0) {
    const wanted = inputs.model === '' ? 'a registered model' : inputs.model;
    const unread = tasks.find(({ unreadable }) => unreadable !== undefined);
    if (unread?.unreadable !== undefined) {
      const { code, message } = unread.unreadable;
      return {
        code,
        message: `Whether run ${run.run_id} made a version of ${wanted} is not known: the output of task '${unread.taskKey}' cannot be read. ${message}`,
      };
    }
    return {
      code: 'MODEL_REQUIRED',
      message: `Run ${run.run_id} made no version of ${wanted}. Register the model in the job and print 'mlops-result: {...}' with mlflow_run_id, model_name and model_version. See ${pageOf(run)}`,
    };
  }
  const twice = models.find(({ model, version }) =>
    models.some((other) => other.model === model && other.version !== version),
  );
  if (twice !== undefined) {
    const versions = models.filter(({ model }) => model === twice.model).map(({ version }) => version);
    return {
      code: 'MODEL_VERSION_AMBIGUOUS',
      message: `Run ${run.run_id} made ${versions.length} versions of ${twice.model}: ${versions.join(', ')}. Let one run register one version of a model. See ${pageOf(run)}`,
    };
  }
  return undefined;
}

function pageOf({ run_page_url, run_id }: Run): string {
  return run_page_url ?? `run ${run_id}`;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
