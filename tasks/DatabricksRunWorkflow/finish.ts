import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { type Comparison, compareWithLastSuccess } from '../../src/workflow/compare-runs';
import { type FoundModels, findModels } from '../../src/workflow/find-models';
import { type RunTree, readRunTree } from '../../src/workflow/run-tree';
import { bring } from './bring';
import { failedByThemselves, failedTaskKeys, type TaskReport, taskReports } from './collect';
import { endedOutcome } from './ended-outcome';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import type { Ended } from './summary';

/** Brings back what a run that has ended left: results of its tasks, MLflow runs beside earlier ones, model versions, tests, files. */
export async function finish(
  ended: EndedRun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const { run, standing } = ended;
  const tree = await readRunTree(workspace, run, context.log.warning);
  const found = await findModels(workspace, run, tree, inputs.experiments);
  const tasks = taskReports(tree, found);
  await showFailures(tasks, context);
  const runFails = standing.result !== 'SUCCESS' && inputs.failOn.has(standing.result);
  const brought = await bring(ended, inputs.wanted, runFails, workspace, context);
  const comparison = await comparisonOf(ended, tree, found, workspace, context);
  setResultOutputs(ended, { tasks, found, comparison, brought, inputs }, context);
  const { leftOut } = tree;
  const seen = { workspaceUrl: workspace.url, run, tasks, leftOut, found, comparison, brought };
  const outcome = endedOutcome(ended, seen, inputs);
  if (brought.failure !== undefined && outcome.failure?.code !== brought.failure.code) {
    context.log.warning(brought.failure.message, brought.failure.code);
  }
  return outcome;
}

/** The comparison informs; that it cannot be made is a warning. */
async function comparisonOf(
  { run }: EndedRun,
  tree: RunTree,
  { mlflowRuns }: FoundModels,
  workspace: WorkspaceClient,
  { log }: TaskContext,
): Promise<Comparison | undefined> {
  try {
    return await compareWithLastSuccess(workspace, run, tree, mlflowRuns);
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    log.warning(`The last successful run of the job cannot be read to compare with: ${error.message}`, 'NO_COMPARISON');
    return undefined;
  }
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
    log.info(`${counted(failed.length - FAILURES_SHOWN, 'more task')} did not succeed: see outputs.json.`);
  }
}

function setResultOutputs(
  { run, standing }: EndedRun,
  {
    tasks,
    found,
    comparison,
    brought,
    inputs,
  }: Pick<Ended, 'tasks' | 'found' | 'comparison' | 'brought'> & {
    readonly inputs: Inputs;
  },
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
  const content = {
    runId: run.run_id,
    url: run.run_page_url ?? '',
    result: standing.result,
    tasks,
    mlflowRunIds: found.mlflowRunIds,
    versions: found.versions,
    ...(comparison === undefined ? {} : { comparison }),
    ...(brought.tests === undefined ? {} : { testFiles: brought.tests.files }),
    ...(brought.downloads.length === 0 ? {} : { downloads: brought.downloads }),
  };
  outputs.set('outputsPath', files.write('outputs.json', JSON.stringify(content, null, 2)));
}
