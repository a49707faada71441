import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { type FoundModels, findModels } from '../../src/workflow/find-models';
import { readRunTree } from '../../src/workflow/run-tree';
import { failedByThemselves, failedTaskKeys, type TaskReport, taskReports } from './collect';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { endedOutcome } from './outcome';

/** Brings back what a run that has ended left: results of its tasks, MLflow runs, model versions, files. */
export async function finish(
  ended: EndedRun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const tree = await readRunTree(workspace, ended.run, context.log.warning);
  const found = await findModels(workspace, ended.run, tree, inputs.experiments);
  const tasks = taskReports(tree, found);
  await showFailures(tasks, context);
  setResultOutputs(ended, tasks, found, inputs, context);
  return endedOutcome(ended, tasks, found, inputs);
}

/** Failed tasks whose last lines are shown. */
const FAILURES_SHOWN = 10;

async function showFailures(tasks: readonly TaskReport[], { log }: TaskContext): Promise<void> {
  const failed = failedByThemselves(tasks);
  for (const task of failed.slice(0, FAILURES_SHOWN)) {
    await log.group(`Task '${task.path}' ended ${task.state}`, () => {
      const lines = task.lastLines.length === 0 ? [task.error ?? task.message] : task.lastLines;
      for (const line of lines.filter((text) => text !== '')) {
        log.info(line);
      }
      if (task.url !== '') {
        log.info(`See ${task.url}`);
      }
    });
  }
  if (failed.length > FAILURES_SHOWN) {
    log.info(`${failed.length - FAILURES_SHOWN} more tasks did not succeed; they are in outputs.json.`);
  }
}

function setResultOutputs(
  { run, standing }: EndedRun,
  tasks: readonly TaskReport[],
  found: FoundModels,
  inputs: Inputs,
  { outputs, files }: TaskContext,
): void {
  const duration = Number(run.run_duration ?? 0) || Number(run.end_time ?? 0) - Number(run.start_time ?? 0);
  outputs.set('resultState', standing.result);
  outputs.set('durationSeconds', Math.max(0, Math.round(duration / 1000)));
  outputs.set('failedTasks', failedTaskKeys(tasks).join(','));
  const wanted = found.versions.filter(({ model }) => inputs.model === '' || model === inputs.model);
  const [only] = wanted;
  outputs.set('modelsFound', wanted.length);
  outputs.set(
    'modelVersions',
    JSON.stringify(Object.fromEntries(wanted.map(({ model, version }) => [model, version]))),
  );
  if (only !== undefined && wanted.length === 1) {
    outputs.set('modelName', only.model);
    outputs.set('modelVersion', only.version);
  }
  const mlflowRunId = found.mlflowRunIds.length === 1 ? found.mlflowRunIds[0] : only?.mlflowRunId;
  outputs.set('mlflowRunId', found.mlflowRunIds.length === 1 || wanted.length === 1 ? mlflowRunId : '');
  const { mlflowRunIds, versions } = found;
  const content = {
    runId: run.run_id,
    url: run.run_page_url ?? '',
    result: standing.result,
    tasks,
    mlflowRunIds,
    versions,
  };
  outputs.set('outputsPath', files.write('outputs.json', JSON.stringify(content, null, 2)));
}
