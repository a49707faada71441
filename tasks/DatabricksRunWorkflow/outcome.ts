import type { TaskOutcome } from '../../src/agent/task-context';
import type { Run } from '../../src/databricks/runs';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';
import type { FoundModels, FoundVersion } from '../../src/workflow/find-models';
import { durationText } from '../../src/workflow/polling';
import { failedByThemselves, type TaskReport } from './collect';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { RUN_FAILURES } from './run-failures';
import type { Plan } from './start';

/** Nothing was started. */
export function dryRunOutcome(plan: Plan): TaskOutcome {
  return {
    decision: `Dry run: ${plan.subject} would be started.`,
    summary: parameterTable(plan.parameters),
    attachment: { kind: 'run', content: { dryRun: true, subject: plan.subject, parameters: plan.parameters } },
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

/** The run has ended: its result, its tasks, what it made. */
export function endedOutcome(
  { run, standing }: EndedRun,
  tasks: readonly TaskReport[],
  found: FoundModels,
  inputs: Inputs,
): TaskOutcome {
  const name = run.run_name ? `'${run.run_name}' ` : '';
  const models = found.versions.filter(({ model }) => inputs.model === '' || model === inputs.model);
  const made =
    models.length === 0 ? '' : ` and made ${models.map(({ model, version }) => `${model} ${version}`).join(', ')}`;
  const failure = failureOf({ run, standing }, tasks, models, inputs);
  return {
    decision: `Run ${run.run_id} ${name}ended ${standing.result}${made}.`,
    ...(failure === undefined ? {} : { failure }),
    summary: [
      ...(failure === undefined ? [] : [escapeMarkdown(failure.message), '']),
      summaryOf(run, tasks, found),
    ].join('\n'),
    attachment: {
      kind: 'run',
      content: {
        runId: run.run_id,
        url: run.run_page_url ?? '',
        resultState: standing.result,
        tasks,
        mlflowRunIds: found.mlflowRunIds,
        versions: found.versions,
      },
    },
  };
}

function failureOf(
  { run, standing }: EndedRun,
  tasks: readonly TaskReport[],
  models: readonly FoundVersion[],
  inputs: Inputs,
): TaskOutcome['failure'] {
  const where = run.run_page_url ?? `run ${run.run_id}`;
  if (standing.result !== 'SUCCESS' && inputs.failOn.has(standing.result)) {
    const { code, message, todo } = RUN_FAILURES[standing.result];
    const failed = failedByThemselves(tasks).find((task) => task.error !== undefined);
    const reason = failed === undefined ? standing.message : `Task '${failed.path}': ${failed.error}`;
    const cause = reason === '' ? '' : ` ${endSentence(reason)}`;
    return {
      code,
      message: `${message(run.run_id)}${cause} ${todo} See ${where}`,
    };
  }
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
      message: `Run ${run.run_id} made no version of ${wanted}. Register the model in the job and print 'mlops-result: {...}' with mlflow_run_id, model_name and model_version. See ${where}`,
    };
  }
  const twice = models.find(({ model, version }) =>
    models.some((other) => other.model === model && other.version !== version),
  );
  if (twice !== undefined) {
    const versions = models.filter(({ model }) => model === twice.model).map(({ version }) => version);
    return {
      code: 'MODEL_VERSION_AMBIGUOUS',
      message: `Run ${run.run_id} made ${versions.length} versions of ${twice.model}: ${versions.join(', ')}. Let one run register one version of a model. See ${where}`,
    };
  }
  return undefined;
}

function summaryOf(run: Run, tasks: readonly TaskReport[], found: FoundModels): string {
  const taskTable = markdownTable(
    ['Task', 'Result', 'Duration', 'Link'],
    tasks.map((task) => [
      escapeMarkdown(task.taskKey),
      escapeMarkdown(task.state),
      durationText(task.durationSeconds * 1000),
      task.url === '' ? '' : markdownLink('run', task.url),
    ]),
  );
  const models = found.versions.map(
    ({ model, version, mlflowRunId }) =>
      `* ${escapeMarkdown(model)} version ${escapeMarkdown(version)}, MLflow run ${escapeMarkdown(mlflowRunId)}`,
  );
  return [markdownLink(`Run ${run.run_id}`, run.run_page_url ?? ''), taskTable, models.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function parameterTable(parameters: Readonly<Record<string, string>>): string {
  const rows = Object.entries(parameters).map(([name, value]) => [escapeMarkdown(name), escapeMarkdown(value)]);
  return rows.length === 0 ? '' : markdownTable(['Parameter', 'Value'], rows);
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
