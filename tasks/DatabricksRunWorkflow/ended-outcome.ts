import type { TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown } from '../../src/markdown';
import { asSentence } from '../../src/sentence';
import type { FoundVersion } from '../../src/workflow/find-models';
import { failedByThemselves, placeText, type TaskReport } from './collect';
import { shownPart } from './comparison-tables';
import { decisionOf } from './decision';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { RUN_FAILURES } from './run-failures';
import { type Ended, endedSummary } from './summary';

/** The run has ended: its result, its tasks, what it made and what was brought back. */
export function endedOutcome({ run, standing }: EndedRun, ended: Ended, inputs: Inputs): TaskOutcome {
  const { tasks, found, modelsUnknown, comparison, brought } = ended;
  const models = found.versions.filter(({ model }) => inputs.model === '' || model === inputs.model);
  const ownFailure = runFailure({ run, standing }, tasks, inputs);
  const otherFailure = modelsUnknown ?? modelFailure(run, tasks, models, inputs) ?? brought.failure;
  const failure = ownFailure ?? otherFailure;
  const tests = brought.tests;
  return {
    decision: decisionOf(
      { run, standing },
      { tasks, models, tests, otherFailure: ownFailure === undefined ? otherFailure : undefined },
    ),
    ...(failure === undefined ? {} : { failure }),
    summary: [...(failure === undefined ? [] : [reasonText(failure, run), '']), endedSummary(ended)].join('\n'),
    attachment: {
      kind: 'run',
      content: {
        runId: run.run_id,
        url: run.run_page_url ?? '',
        resultState: standing.result,
        tasks: tasks.slice(0, TASKS_ATTACHED),
        mlflowRunIds: found.mlflowRunIds,
        versions: found.versions,
        ...(comparison === undefined ? {} : { comparison: shownPart(comparison) }),
        ...(tests === undefined ? {} : { tests: { total: tests.total, failed: tests.failed.length } }),
      },
    },
  };
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
  const reasons = reasonsOf(tasks, standing.message);
  const cause = reasons === '' ? '' : ` ${reasons}`;
  return { code, message: `${message(run.run_id)}${cause} ${todo} See ${pageOf(run)}` };
}

const FAILURES_NAMED = 3;

/** The first of the tasks that failed with their errors; how many more did, is said. */
function reasonsOf(tasks: readonly TaskReport[], otherwise: string): string {
  const failed = failedByThemselves(tasks).filter(({ error }) => error !== undefined);
  if (failed.length === 0) {
    return otherwise === '' ? '' : asSentence(otherwise);
  }
  const shown = failed
    .slice(0, FAILURES_NAMED)
    .map((task) => `Task '${placeText(task)}': ${asSentence(task.error ?? '')}`);
  const more = failed.length - shown.length;
  return [...shown, ...(more > 0 ? [`${counted(more, 'more task')} failed.`] : [])].join(' ');
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

/** Without the address of the run's page, which the line below has as a link. */
function reasonText({ message }: NonNullable<TaskOutcome['failure']>, run: Run): string {
  const end = ` See ${pageOf(run)}`;
  return escapeMarkdown(message.endsWith(end) ? message.slice(0, -end.length) : message);
}

function pageOf({ run_page_url, run_id }: Run): string {
  return run_page_url ?? `run ${run_id}`;
}
