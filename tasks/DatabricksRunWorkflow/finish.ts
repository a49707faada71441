import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { type Comparison, compareWithLastSuccess } from '../../src/workflow/compare-runs';
import { type FoundModels, findModels } from '../../src/workflow/find-models';
import { type RunTree, readRunTree } from '../../src/workflow/run-tree';
import { warnOfUnreadableResults } from '../../src/workflow/unreadable-results';
import { bring } from './bring';
import { failedByThemselves, failedTaskKeys, placeText, type TaskReport, taskReports } from './collect';
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
  setResultOutputs(ended, context);
  const tree = await readRunTree(workspace, ended.run, context.log.warning);
  const ownTasks = taskReports(tree, NOTHING_FOUND);
  context.outputs.set('failedTasks', failedTaskKeys(ownTasks).join(','));
  await showFailures(ownTasks, context);
  warnOfUnreadableResults(tree, context.log);
  const runFails = ended.standing.result !== 'SUCCESS' && inputs.failOn.has(ended.standing.result);
  const { found, modelsUnknown } = await madeModels(ended, tree, inputs, runFails, workspace, context);
  const tasks = taskReports(tree, found);
  const brought = await bring(ended, inputs.wanted, runFails, workspace, context);
  const comparison = await comparisonOf(ended, tree, found, workspace, context);
  const seen = { tasks, found, modelsUnknown, comparison, brought };
  if (modelsUnknown === undefined) {
    setModelOutputs(found, inputs, context);
  }
  context.outputs.set('outputsPath', writeOutputs(ended, seen, context));
  const { leftOut } = tree;
  const outcome = endedOutcome(ended, { workspaceUrl: workspace.url, run: ended.run, leftOut, ...seen }, inputs);
  if (brought.failure !== undefined && outcome.failure?.code !== brought.failure.code) {
    context.log.warning(brought.failure.message, brought.failure.code);
  }
  return outcome;
}

const NOTHING_FOUND: FoundModels = { mlflowRunIds: [], mlflowRuns: [], versions: [] };

/**
 * What the run left in MLflow. That it is not known fails the step after a run that would pass; after one that fails it is a warning,
 * because the run's own end is the reason.
 * @throws a cancel, and what is no error of ours
 */
async function madeModels(
  { run }: EndedRun,
  tree: RunTree,
  { experiments }: Inputs,
  runFails: boolean,
  workspace: WorkspaceClient,
  { log }: TaskContext,
): Promise<Pick<Ended, 'found' | 'modelsUnknown'>> {
  try {
    return { found: await findModels(workspace, run, tree, experiments), modelsUnknown: undefined };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    if (runFails) {
      log.warning(error.sentences, error.code);
    }
    return { found: NOTHING_FOUND, modelsUnknown: { code: error.code, message: error.sentences } };
  }
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
    await log.group(`Task '${placeText(task)}' ended ${task.state}`, () => {
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

/** What is known of the run by itself, before anything else is asked. */
function setResultOutputs({ run, standing }: EndedRun, { outputs }: TaskContext): void {
  const duration = Number(run.run_duration ?? 0) || Number(run.end_time ?? 0) - Number(run.start_time ?? 0);
  outputs.set('resultState', standing.result);
  outputs.set('durationSeconds', Math.max(0, Math.round(duration / 1000)));
}

function setModelOutputs(found: FoundModels, { model }: Inputs, { outputs }: TaskContext): void {
  const wanted = found.versions.filter((version) => model === '' || version.model === model);
  const [only] = wanted;
  outputs.set('modelsFound', wanted.length);
  outputs.set(
    'modelVersions',
    JSON.stringify(Object.fromEntries(wanted.map((version) => [version.model, version.version]))),
  );
  if (only !== undefined && wanted.length === 1) {
    outputs.set('modelName', only.model);
    outputs.set('modelVersion', only.version);
  }
  const mlflowRunId = found.mlflowRunIds.length === 1 ? found.mlflowRunIds[0] : only?.mlflowRunId;
  outputs.set('mlflowRunId', found.mlflowRunIds.length === 1 || wanted.length === 1 ? mlflowRunId : '');
}

/** @returns path of outputs.json */
function writeOutputs(
  { run, standing }: EndedRun,
  { tasks, found, modelsUnknown, comparison, brought }: Omit<Ended, 'workspaceUrl' | 'run' | 'leftOut'>,
  { files }: TaskContext,
): string {
  const content = {
    runId: run.run_id,
    url: run.run_page_url ?? '',
    result: standing.result,
    tasks,
    mlflowRunIds: found.mlflowRunIds,
    versions: found.versions,
    ...(modelsUnknown === undefined ? {} : { modelsUnknown }),
    ...(comparison === undefined ? {} : { comparison }),
    ...(brought.tests === undefined ? {} : { testFiles: brought.tests.files }),
    ...(brought.downloads.length === 0 ? {} : { downloads: brought.downloads }),
  };
  return files.write('outputs.json', JSON.stringify(content, null, 2));
}
