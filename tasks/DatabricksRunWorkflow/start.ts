import { randomUUID } from 'node:crypto';
import { parse } from 'node:path';
import { idempotencyKey, idempotencyToken } from '../../src/agent/idempotency-key';
import type { TaskContext } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { chosenTasks, type OrderedTask } from '../../src/workflow/chosen-tasks';
import { type RecentRuns, type StartOutcome, startUnderKey } from '../../src/workflow/start-under-key';
import type { PlacedTask } from '../../src/workflow/task-graph';
import { type Definition, readDefinition } from './definition';
import type { Inputs } from './inputs';
import { jobToRun, parametersFor } from './job-parameters';
import { localFilesOf, needsLocalFiles, uploadFiles } from './local-files';
import { refusedDefinition } from './refused-definition';
import type { RunTarget, SubmitTarget } from './target';
import { refuseMixed, refuseUnused, type TaskParameters } from './task-parameters';

/** What is about to run, checked as far as it can be without starting it. */
export interface Plan {
  /** For people: `job 'train' (id 12)`. */
  readonly subject: string;
  /** `''` for a one-time run. */
  readonly jobId: string;
  /** Part of the key under which a repeated step finds its run again: an id, never what people read, which may change between two attempts. */
  readonly target: string;
  /** What the run is given, for people. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Tasks that run. */
  readonly tasks: readonly PlacedTask[];
  /** Body of the request that starts it, without its token. */
  readonly request: unknown;
  /** What must be in the workspace before the start; may be done again. */
  prepare(): Promise<void>;
  start(workspace: WorkspaceClient, token: string): Promise<string>;
}

/** @throws TaskError for a job, parameter, task or definition that cannot be used */
export function planOf(
  target: RunTarget | SubmitTarget,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<Plan> {
  return target.action === 'run' ? planRun(target, workspace) : planSubmit(target, workspace, context);
}

async function planRun(target: RunTarget, workspace: WorkspaceClient): Promise<Plan> {
  const job = await jobToRun(workspace, target.job);
  const name = job.settings.name ?? '';
  const parameters = parametersFor(job, target.parameters, target.optionalParameters);
  const declared = (job.settings.tasks ?? []) as readonly OrderedTask[];
  const tasks = chosenTasks(declared, target.only, `job '${name}'`);
  const { only, taskParameters } = target;
  const running = only.length === 0 ? declared : declared.filter(({ task_key }) => tasks.includes(task_key));
  refuseMixed(Object.keys(parameters), taskParameters);
  refuseUnused(`job '${name}'`, running, taskParameters);
  const request = {
    ...taskParameters,
    ...(Object.keys(parameters).length === 0 ? {} : { job_parameters: parameters }),
    ...(only.length === 0 ? {} : { only }),
    ...wishes(target),
  };
  return {
    subject: `job '${name}' (id ${job.job_id})`,
    jobId: job.job_id,
    target: job.job_id,
    parameters: {
      ...parameters,
      ...described(taskParameters),
      ...(only.length === 0 ? {} : { only: tasks.join(', ') }),
    },
    tasks: running,
    request: { job_id: job.job_id, ...request },
    prepare: async () => undefined,
    start: ({ runs }, token) => runs.runNow(job.job_id, { ...request, idempotency_token: token }),
  };
}

async function planSubmit(target: SubmitTarget, workspace: WorkspaceClient, context: TaskContext): Promise<Plan> {
  const definition = await readDefinition(target.definition, target.folders);
  const local = needsLocalFiles(definition) ? localFilesOf(definition, await uploadRoot(workspace)) : undefined;
  const request = local?.request ?? definition.request;
  const runName = target.runLabel || request.run_name || defaultLabel(definition, context);
  const body = { ...request, ...wishes(target), run_name: runName };
  return {
    subject: `one-time run '${runName}' with ${counted(request.tasks?.length ?? 0, 'task')}`,
    jobId: '',
    // The place of the step says enough: its name holds the number of the pipeline run, which is renamed while it goes on.
    target: '',
    parameters: local === undefined ? {} : { files: `${local.files.length} in ${local.folder}` },
    tasks: request.tasks ?? [],
    request: body,
    prepare: async () => {
      if (local !== undefined) {
        const isNew = await uploadFiles(local, workspace);
        const files = counted(local.files.length, 'local file');
        context.log.info(isNew ? `Uploaded ${files}.` : `${files}: uploaded before.`);
      }
    },
    start: async ({ runs }, token) => {
      try {
        return await runs.submit({ ...body, idempotency_token: token });
      } catch (error) {
        throw error instanceof ApiError ? await refusedDefinition(error, definition) : error;
      }
    },
  };
}

/** In the home of the identity, where nobody else can change what it runs. */
async function uploadRoot({ identity }: WorkspaceClient): Promise<string> {
  const { userName } = await identity.current();
  return `/Workspace/Users/${userName}/.mlops/files`;
}

/** What the Jobs API lets each run say beside its parameters. */
function wishes({ queue, performanceTarget }: RunTarget | SubmitTarget): Record<string, unknown> {
  return {
    ...(queue === undefined ? {} : { queue: { enabled: queue } }),
    ...(performanceTarget === undefined ? {} : { performance_target: performanceTarget }),
  };
}

function described(parameters: TaskParameters): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([kind, value]) => [kind, JSON.stringify(value)]));
}

/**
 * Starts the planned run exactly once, or takes up what an earlier attempt of this step started.
 * @param onStarted told of each run that the service names, before anything else is asked
 */
export async function startPlanned(
  plan: Plan,
  inputs: Inputs,
  workspace: WorkspaceClient,
  onStarted: (runId: string) => void,
  context: TaskContext,
): Promise<StartOutcome<Run>> {
  const { host, taskName } = context;
  const key = idempotencyKey(host, taskName, inputs.target.action, plan.target, inputs.idempotencyKey);
  const ownKey = inputs.reuse === 'never' ? idempotencyKey(host, taskName, '', '', `${key}-${randomUUID()}`) : key;
  return startUnderKey<Run>(
    {
      start: async (token) => {
        const runId = await plan.start(workspace.awaitingAnswers(), token);
        onStarted(runId);
        return runId;
      },
      read: (runId) => readRun(workspace, runId),
      recent: () => recentRuns(workspace, plan.jobId),
    },
    (n) => idempotencyToken(ownKey, n),
    inputs.reuse,
  );
}

/**
 * @param deadlineMs milliseconds that it may take
 * @param history `history`: with its repairs
 * @throws TaskError RUN_NOT_FOUND
 */
export async function readRun(
  { runs }: WorkspaceClient,
  runId: string,
  deadlineMs?: number,
  history?: 'history',
): Promise<Run> {
  return found(
    runId,
    await (history === undefined ? runs.get(runId, deadlineMs) : runs.getWithHistory(runId, deadlineMs)),
  );
}

/** As {@link readRun}, its first page alone. @throws TaskError RUN_NOT_FOUND */
export async function readFirstPage({ runs }: WorkspaceClient, runId: string, deadlineMs?: number): Promise<Run> {
  return found(runId, await runs.getFirstPage(runId, deadlineMs));
}

function found(runId: string, run: Run | undefined): Run {
  if (run === undefined) {
    throw new TaskError('RUN_NOT_FOUND', `There is no run ${runId} that this identity may see.`, {
      todo: 'Check the run id and the workspace; runs are kept for 60 days.',
    });
  }
  return run;
}

const RUNS_LOOKED_AT = 100;

async function recentRuns(workspace: WorkspaceClient, jobId: string): Promise<RecentRuns> {
  const ids = new Set<string>();
  let latestStart = 0;
  for await (const run of workspace.runs.list(jobId === '' ? { run_type: 'SUBMIT_RUN' } : { job_id: jobId })) {
    ids.add(run.run_id);
    latestStart = Math.max(latestStart, Number(run.start_time ?? 0));
    if (ids.size >= RUNS_LOOKED_AT) {
      break;
    }
  }
  return { ids, latestStart };
}

/** What people will look for in the workspace: pipeline and run; at a terminal the definition's file, or the first of its tasks. */
function defaultLabel({ request, source, inline }: Definition, { host }: TaskContext): string {
  const pipeline = host.variable('Build.DefinitionName') ?? host.variable('Release.DefinitionName');
  const number = host.variable('Build.BuildNumber') ?? host.variable('Release.ReleaseName');
  if (pipeline !== undefined) {
    return `${pipeline} ${number ?? ''}`.trim();
  }
  return inline ? (request.tasks?.[0]?.task_key ?? '') : parse(source).name;
}
