import { integerId } from '../../../src/json';
import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalObject, optionalText, textList } from '../fields';
import type { Collection } from '../store';
import { type JobParts, knownJob } from './job-parts';
import { permissionList } from './job-permissions';
import type { JobRunner } from './job-runner';
import { runSettings } from './job-settings';
import { jobRun, overridingParameters, queuedRun } from './new-run';
import { jobIdentity, submittedIdentity } from './run-identity';
import { refuseUnsupported, textMap } from './task-types';
import type { Run } from './types';

/** What starting runs needs besides jobs. */
export interface StartParts extends JobParts {
  readonly runner: JobRunner;
  /** Idempotency token → run id. */
  readonly tokens: Collection<string>;
}

/**
 * What the code of a task may look for in vain. On what the replaced functions of Python cannot show it see python/site/mounted_calls.py.
 */
const UNMET =
  'notebooks in Scala and R, cells of %sh and %fs; submodules and sparse_checkout of Git sources; /Volumes and /Workspace for native code and for programs other than Python, writing below /Workspace';

/** `run-now` and `runs/submit` under one version of the API. */
export function startOperations(parts: StartParts, version: '2.1' | '2.2'): readonly Operation[] {
  const prefix = `/api/${version}/jobs`;
  return [
    {
      method: 'POST',
      path: `${prefix}/run-now`,
      note: 'job_parameters, notebook_params, python_params, python_named_params, sql_params, pipeline_params, only, queue, idempotency_token',
      lacks: `jar_params, spark_submit_params, dbt_commands; tasks of other types; ${UNMET}`,
      handle: (call) => runNow(parts, call),
    },
    {
      method: 'POST',
      path: `${prefix}/runs/submit`,
      note: 'one-time runs of the same task types, run_as, access_control_list, idempotency_token',
      lacks: `run_as of groups, sending of notifications, values of environment_variables; ${UNMET}`,
      handle: (call) => submit(parts, call),
    },
  ];
}

async function runNow(parts: StartParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const run = once(parts, fields, () => {
    const job = knownJob(parts.jobs, fields);
    const { enabled } = optionalObject(fields, 'queue') ?? {};
    return jobRun(parts.runs, job, parts.workspace.clock.now(), {
      creator: call.principal,
      runAs: jobIdentity(parts.workspace, job),
      parameters: textMap(optionalObject(fields, 'job_parameters') ?? {}),
      overriding: overridingParameters(fields),
      only: textList(fields, 'only'),
      ...(enabled === undefined ? {} : { queue: enabled === true }),
    });
  });
  return { json: { run_id: integerId(run), number_in_job: integerId(run) } };
}

async function submit(parts: StartParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const run = once(parts, fields, () => {
    const { idempotency_token: _token, run_name: _name, access_control_list: acl, ...rest } = fields;
    const settings = runSettings(rest);
    const tasks = settings.tasks ?? [];
    if (tasks.length === 0) {
      throw invalid('A one-time run needs at least one task.');
    }
    refuseUnsupported(tasks);
    return queuedRun(parts.runs, parts.workspace.clock.now(), {
      jobId: parts.runs.newId(),
      type: 'SUBMIT_RUN',
      name: optionalText(fields, 'run_name') ?? 'Untitled',
      creator: call.principal,
      runAs: submittedIdentity(parts.workspace, rest, call.principal),
      permissions: permissionList({ access_control_list: acl }),
      settings,
      jobParameters: [],
      overriding: {},
      tasks,
    });
  });
  return { json: { run_id: integerId(run) } };
}

/**
 * Creates the run, or finds the one that the same idempotency token created before; one transaction, so that two requests with one
 * token can never make two runs.
 * @throws ApiError 400 when that run was deleted since
 */
function once({ workspace, runs, runner, tokens }: StartParts, fields: Fields, create: () => Run): string {
  const token = optionalText(fields, 'idempotency_token') ?? '';
  if (token.length > 64) {
    throw invalid('idempotency_token must have at most 64 characters.');
  }
  const { runId, created } = workspace.store.transaction(() => {
    const former = token === '' ? undefined : tokens.get(token);
    if (former !== undefined) {
      if (runs.get(former) === undefined) {
        throw invalid(`The run ${former} of this idempotency token was deleted.`);
      }
      return { runId: former, created: undefined };
    }
    const run = create();
    runs.put(run);
    if (token !== '') {
      tokens.put(token, run.runId);
    }
    return { runId: run.runId, created: run };
  });
  if (created !== undefined) {
    runner.accept(created);
  }
  return runId;
}
