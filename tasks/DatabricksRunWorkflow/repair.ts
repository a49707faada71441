import type { TaskContext } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { RepairRequest, Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { outcomeUnknown } from '../../src/http/outcome';
import { chosenTasks } from '../../src/workflow/chosen-tasks';
import { latestRepairDoes, repairIds, repairOnce } from '../../src/workflow/repair-run';
import { type RunResult, standingOf } from '../../src/workflow/run-state';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { declaredParameters } from './job-parameters';
import { readRun } from './start';
import type { RepairTarget } from './target';
import { refuseMixed } from './task-parameters';

/** A repair that this step has asked for. */
export interface MadeRepair {
  readonly repairId: string;
  /** Result of the run before it. */
  readonly after: RunResult;
}

/** What a repair of a given run is about to do. */
export type RepairPlan =
  | { readonly kind: 'repair'; readonly run: Run; readonly request: RepairRequest; readonly subject: string }
  /** A repair that does the same is under way: an earlier attempt of the step, or somebody else, asked for it. */
  | { readonly kind: 'follow'; readonly run: Run; readonly subject: string }
  /** All tasks have succeeded. */
  | { readonly kind: 'nothing'; readonly run: Run; readonly subject: string };

/**
 * What action `repair` would do with the run as it is now.
 * @throws TaskError RUN_NOT_FOUND, RUN_ACTIVE, TASK_UNKNOWN, JOB_PARAMETER_UNKNOWN
 */
export async function planRepair(target: RepairTarget, workspace: WorkspaceClient): Promise<RepairPlan> {
  const run = await readRun(workspace, target.runId, undefined, 'history');
  const standing = standingOf(run);
  if (standing.active) {
    if (repairIds(run).length === 0) {
      throw new TaskError('RUN_ACTIVE', `Run ${target.runId} is active and cannot be repaired.`, {
        where: `It is ${standing.label}: ${run.run_page_url ?? ''}`,
        todo: "Wait for it with action 'attach'; 'repairAttempts' there repairs what fails.",
      });
    }
    refuseOther(run, { ...tasksOf(target, run), ...overrides(target, run) });
    return { kind: 'follow', run, subject: `run ${target.runId}, whose repair is under way` };
  }
  if (standing.result === 'SUCCESS' && target.only.length === 0) {
    return { kind: 'nothing', run, subject: `run ${target.runId}, which has succeeded` };
  }
  const request = { ...tasksOf(target, run), ...overrides(target, run) };
  const tasks = request.rerun_tasks?.join(', ') ?? 'all that did not succeed';
  return { kind: 'repair', run, request, subject: `run ${target.runId} (tasks: ${tasks})` };
}

/** To follow a repair of other tasks, or with other parameters, would end green without what the step is for. */
function refuseOther(run: Run, request: RepairRequest): void {
  if (!latestRepairDoes(run, request)) {
    const id = repairIds(run).at(-1);
    throw new TaskError(
      'RUN_ACTIVE',
      `Run ${run.run_id} is active: repair ${id} is under way, and does not do what this step asks for.`,
      {
        where: `It leaves out tasks, or has other parameters: ${run.run_page_url ?? ''}`,
        todo: "Run the step again when the repair has ended; action 'attach' waits for it.",
      },
    );
  }
}

function tasksOf({ only, runId }: RepairTarget, run: Run): RepairRequest {
  return only.length === 0
    ? { rerun_all_failed_tasks: true, rerun_dependent_tasks: true }
    : { rerun_tasks: chosenTasks(run.tasks ?? [], only, `run ${runId}`) };
}

function overrides({ parameters, taskParameters, performanceTarget }: RepairTarget, run: Run): RepairRequest {
  const declared = (run.job_parameters ?? []).map(({ name }) => name);
  const given = declaredParameters(`The job of run ${run.run_id}`, declared, parameters, new Map());
  refuseMixed([...parameters.keys()], taskParameters);
  return {
    ...taskParameters,
    ...(parameters.size === 0 ? {} : { job_parameters: given }),
    ...(performanceTarget === undefined ? {} : { performance_target: performanceTarget }),
  };
}

/** Carries a repair out, at most once. @param workspace a client that a cancel ends between requests only */
export function repair(
  run: Run,
  request: RepairRequest,
  workspace: WorkspaceClient,
  { clock, signal }: TaskContext,
): Promise<string> {
  const { runs } = workspace;
  const calls = {
    read: () => readRun(workspace, run.run_id, undefined, 'history'),
    repair: (body: RepairRequest) => runs.repair(run.run_id, body),
  };
  return repairOnce(calls, run, request, { clock, signal });
}

/** Results after which running the failed tasks again may help; what somebody canceled stays canceled. */
const REPAIRABLE: ReadonlySet<RunResult> = new Set<RunResult>([
  'FAILED',
  'TIMEDOUT',
  'SUCCESS_WITH_FAILURES',
  'UPSTREAM_FAILED',
  'INTERNAL_ERROR',
]);

/** Milliseconds that the step must have left for a repair: less than the quickest of tasks takes. */
const LEAST_MS_OF_REPAIR = 10_000;

/**
 * Repairs the failed tasks of a run that has ended, when its result fails the step and repairs are left (`repairAttempts`). Repairs that the
 * run has had already count, so that a repeated step does not begin anew. One for which no time is left would be cut off at once and hide
 * the result.
 * @param end time of the clock at which the step has waited long enough; infinite: none
 * @returns the repair, undefined when there is none: the result stands
 */
export async function repairIfLeft(
  { run, standing }: EndedRun,
  inputs: Inputs,
  end: number,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<MadeRepair | undefined> {
  if (inputs.repairAttempts === 0 || !inputs.failOn.has(standing.result) || !REPAIRABLE.has(standing.result)) {
    return undefined;
  }
  if (end - context.clock.now() < LEAST_MS_OF_REPAIR) {
    context.log.info(`Run ${run.run_id} is not repaired: the time limit leaves no time for it.`);
    return undefined;
  }
  const known = await readRun(workspace, run.run_id, undefined, 'history');
  const had = repairIds(known).length;
  if (had >= inputs.repairAttempts) {
    context.log.info(
      `Run ${run.run_id} has had ${counted(had, 'repair')}, and 'repairAttempts' is ${inputs.repairAttempts}.`,
    );
    return undefined;
  }
  context.log.info(
    `Run ${run.run_id} ended ${standing.result}: repair ${had + 1} of ${inputs.repairAttempts} runs its failed tasks again.`,
  );
  try {
    const request = { rerun_all_failed_tasks: true, rerun_dependent_tasks: true };
    return { repairId: await repair(known, request, workspace.awaitingAnswers(), context), after: standing.result };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429 || outcomeUnknown(error)) {
      throw error;
    }
    context.log.warning(`Run ${run.run_id} cannot be repaired: ${error.sentences}`, 'REPAIR_REFUSED');
    return undefined;
  }
}
