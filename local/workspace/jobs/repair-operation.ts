import { integerId } from '../../../src/json';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, flag, invalid, optionalObject, optionalText, requiredText, textList } from '../fields';
import type { RunParts } from './job-parts';
import { jobParameterValues, overridingParameters } from './new-run';
import { jobIdentity } from './run-identity';
import type { Repair } from './run-rounds';
import { refuseUnsupported, textMap } from './task-types';
import { latest, type Run, type TaskSpec } from './types';

/** `runs/repair` under one version of the API. */
export function repairOperation(parts: RunParts, version: '2.1' | '2.2'): Operation {
  return {
    method: 'POST',
    path: `/api/${version}/jobs/runs/repair`,
    note: 'rerun_tasks or rerun_all_failed_tasks, rerun_dependent_tasks, latest_repair_id, parameters; with the present settings of the job',
    handle: async (call) => repair(parts, call),
  };
}

/** The status codes and sentences of all refusals but the first are [U]. */
async function repair(parts: RunParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const { runs, runner, workspace } = parts;
  const { run, event } = workspace.store.transaction(() => {
    const found = repairable(parts, requiredText(fields, 'run_id'));
    refuseOtherRepair(found, optionalText(fields, 'latest_repair_id'));
    const job = parts.jobs.get(found.jobId);
    const settings = job?.settings ?? found.settings;
    const present = job === undefined ? {} : { runAs: jobIdentity(workspace, job) };
    const specs = repairedTasks(found, settings.tasks ?? [], chosenKeys(found, fields));
    refuseUnsupported(specs);
    const tasks = specs.map((spec) => ({ spec, runId: runs.newId() }));
    return {
      run: found,
      event: { id: runs.newId(), tasks, changes: { settings, ...present, ...changes(found, fields) } },
    };
  });
  runner.repair(run, event satisfies Repair);
  return { json: { repair_id: integerId(event.id) } };
}

function repairable({ runs }: RunParts, runId: string): Run {
  const run = runs.get(runId);
  if (run === undefined || run.iterations !== undefined) {
    throw invalid(`Run ${runId} does not exist.`);
  }
  if (run.phase !== 'ENDED') {
    throw new ApiError(400, 'INVALID_STATE', `Run ${runId} is active and cannot be repaired.`);
  }
  if (run.tasks.length === 0) {
    throw invalid(`Run ${runId} was skipped and has no tasks to repair.`);
  }
  return run;
}

function refuseOtherRepair(run: Run, given: string | undefined): void {
  const last = run.repair?.id;
  if (last === given) {
    return;
  }
  throw invalid(
    given === undefined
      ? `latest_repair_id is required: run ${run.runId} was repaired before, last by ${last}.`
      : `latest_repair_id ${given} is not the latest repair of run ${run.runId}, which is ${last ?? 'none'}.`,
  );
}

/** Keys of the tasks that the request asks for. */
function chosenKeys(run: Run, fields: Fields): ReadonlySet<string> {
  const named = textList(fields, 'rerun_tasks');
  const allFailed = flag(fields, 'rerun_all_failed_tasks');
  if (allFailed === named.length > 0) {
    throw invalid('A repair needs either rerun_tasks or rerun_all_failed_tasks.');
  }
  const unknown = named.find((key) => !run.tasks.some((task) => task.spec.task_key === key));
  if (unknown !== undefined) {
    throw invalid(`Run ${run.runId} has no task '${unknown}'.`);
  }
  const failed = run.tasks.filter((task) => !FINE.has(latest(task).outcome ?? '')).map((task) => task.spec.task_key);
  const keys = new Set(allFailed ? failed : named);
  if (keys.size === 0) {
    throw invalid(`Run ${run.runId} has no failed tasks to repair.`);
  }
  if (flag(fields, 'rerun_dependent_tasks')) {
    for (const key of keys) {
      for (const { spec } of run.tasks) {
        if (spec.depends_on?.some((dependency) => dependency.task_key === key)) {
          keys.add(spec.task_key);
        }
      }
    }
  }
  return keys;
}

/** That a task which was excluded or disabled does not count as failed is [U]. */
const FINE: ReadonlySet<string> = new Set(['SUCCESS', 'EXCLUDED', 'DISABLED']);

/** As the job declares them now, which is what the service documents; dependencies outside the run (`only`) stay away. */
function repairedTasks(run: Run, declared: readonly TaskSpec[], keys: ReadonlySet<string>): readonly TaskSpec[] {
  const inRun = new Set(run.tasks.map((task) => task.spec.task_key));
  return run.tasks
    .filter((task) => keys.has(task.spec.task_key))
    .map(({ spec }) => {
      const present = declared.find((candidate) => candidate.task_key === spec.task_key) ?? spec;
      const dependsOn = (present.depends_on ?? []).filter((dependency) => inRun.has(dependency.task_key));
      return present.depends_on === undefined ? present : { ...present, depends_on: dependsOn };
    });
}

/** Parameters that are given replace those of the rounds before. */
function changes(run: Run, fields: Fields): Repair['changes'] {
  const given = optionalObject(fields, 'job_parameters');
  const former = Object.fromEntries(run.jobParameters.map(({ name, value }) => [name, value]));
  const declared = {
    parameters: run.jobParameters.map(({ name, default: standard }) => ({ name, default: standard })),
  };
  return {
    overriding: { ...run.overriding, ...overridingParameters(fields) },
    ...(given === undefined ? {} : { jobParameters: jobParameterValues(declared, { ...former, ...textMap(given) }) }),
  };
}
