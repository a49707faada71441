import { randomUUID } from 'node:crypto';
import { idempotencyKey, idempotencyToken } from '../../src/agent/idempotency-key';
import type { TaskContext } from '../../src/agent/task-context';
import type { Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { type StartOutcome, startUnderKey } from '../../src/workflow/start-under-key';
import { readDefinition } from './definition';
import { findJob, parametersFor } from './find-job';
import type { Inputs } from './inputs';

/** What is about to run, checked as far as it can be without starting it. */
export interface Plan {
  /** For people: `job 'train' (id 12)`. */
  readonly subject: string;
  /** `''` for a one-time run. */
  readonly jobId: string;
  readonly parameters: Readonly<Record<string, string>>;
  start(uninterrupted: WorkspaceClient, token: string): Promise<string>;
}

/** @throws TaskError for a job, parameter or definition that cannot be used */
export async function planOf(
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<Plan | undefined> {
  const { target } = inputs;
  switch (target.action) {
    case 'run': {
      const job = await findJob(workspace.jobs, target.job);
      const parameters = parametersFor(job, target.parameters, target.optionalParameters);
      return {
        subject: `job '${job.settings.name ?? ''}' (id ${job.job_id})`,
        jobId: job.job_id,
        parameters,
        start: ({ runs }, token) => runs.runNow(job.job_id, { job_parameters: parameters, idempotency_token: token }),
      };
    }
    case 'submit': {
      const definition = readDefinition(target.definition, target.folder);
      const runName = target.runLabel || definition.run_name || defaultLabel(context);
      return {
        subject: `one-time run '${runName}' with ${definition.tasks?.length ?? 0} task(s)`,
        jobId: '',
        parameters: {},
        start: ({ runs }, token) => runs.submit({ ...definition, run_name: runName, idempotency_token: token }),
      };
    }
    case 'attach':
      return undefined;
  }
}

/**
 * Starts the planned run exactly once, or takes up what an earlier attempt of this step started.
 * @param workspace a client that cancel does not abort
 */
export async function startPlanned(
  plan: Plan,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<StartOutcome<Run>> {
  const { host, taskName, clock } = context;
  const key = idempotencyKey(host, taskName, inputs.target.action, plan.jobId || plan.subject, inputs.idempotencyKey);
  const ownKey = inputs.reuse === 'never' ? idempotencyKey(host, taskName, '', '', `${key}-${randomUUID()}`) : key;
  return startUnderKey<Run>(
    {
      start: (token) => plan.start(workspace, token),
      read: (runId) => readRun(workspace, runId),
      recentRunIds: () => recentRunIds(workspace, plan.jobId),
    },
    (n) => idempotencyToken(ownKey, n),
    inputs.reuse,
    clock,
  );
}

/** @param deadlineMs milliseconds that it may take @throws TaskError RUN_NOT_FOUND */
export async function readRun(workspace: WorkspaceClient, runId: string, deadlineMs?: number): Promise<Run> {
  const run = await workspace.runs.get(runId, deadlineMs);
  if (run === undefined) {
    throw new TaskError('RUN_NOT_FOUND', `There is no run ${runId} that this identity may see.`, {
      todo: 'Check the run id and the workspace; runs are kept for 60 days.',
    });
  }
  return run;
}

const RUNS_LOOKED_AT = 100;

async function recentRunIds(workspace: WorkspaceClient, jobId: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const run of workspace.runs.list(jobId === '' ? { run_type: 'SUBMIT_RUN' } : { job_id: jobId })) {
    ids.add(run.run_id);
    if (ids.size >= RUNS_LOOKED_AT) {
      break;
    }
  }
  return ids;
}

function defaultLabel({ host }: TaskContext): string {
  const pipeline = host.variable('Build.DefinitionName') ?? host.variable('Release.DefinitionName');
  const number = host.variable('Build.BuildNumber') ?? host.variable('Release.ReleaseName');
  return pipeline === undefined ? 'databricks-mlops' : `${pipeline} ${number ?? ''}`.trim();
}
