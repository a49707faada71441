import { readdirSync, readFileSync } from 'node:fs';
import type { PythonEnvironments } from '../../local/workspace/python/environment';
import type { TestWorkspace } from './local-workspace';

/** The machine's own interpreter, whatever the requirements; notes them. */
export function systemPython(asked: string[][] = []): PythonEnvironments {
  return {
    interpreter: async (requirements) => {
      asked.push([...requirements]);
      return 'python3';
    },
  };
}

/** What tests read of a run. */
export interface RunReply {
  readonly run_id: string;
  readonly job_id: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly run_page_url: string;
  readonly state: {
    readonly life_cycle_state: string;
    readonly result_state?: string;
    readonly state_message: string;
    readonly user_cancelled_or_timedout: boolean;
  };
  readonly status: {
    readonly state: string;
    readonly termination_details?: { readonly code: string; readonly type: string };
  };
  readonly tasks?: readonly (RunReply & { readonly task_key: string; readonly attempt_number: number })[];
  readonly job_parameters?: readonly { readonly name: string; readonly default: string; readonly value: string }[];
}

export interface OutputReply {
  readonly logs?: string;
  readonly logs_truncated?: boolean;
  readonly error?: string;
  readonly error_trace?: string;
  readonly notebook_output?: { readonly result?: string; readonly truncated?: boolean };
}

/** Puts a file into the workspace, with its parent folders. */
export async function upload(workspace: TestWorkspace, path: string, text: string): Promise<void> {
  await workspace.call('POST', '/api/2.0/workspace/mkdirs', { path: path.slice(0, path.lastIndexOf('/')) });
  const reply = await workspace.call('POST', `/api/2.0/workspace-files/import-file${path}?overwrite=true`, text);
  if (reply.status !== 200) {
    throw new Error(reply.text);
  }
}

/** Creates a job and gives its id. */
export async function createJob(workspace: TestWorkspace, settings: Record<string, unknown>): Promise<string> {
  const reply = await workspace.call<{ job_id: string }>('POST', '/api/2.2/jobs/create', settings);
  if (reply.status !== 200) {
    throw new Error(reply.text);
  }
  return reply.json.job_id;
}

/** Starts a job and gives the run's id. */
export async function runNow(
  workspace: TestWorkspace,
  jobId: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const reply = await workspace.call<{ run_id: string }>('POST', '/api/2.2/jobs/run-now', { job_id: jobId, ...more });
  if (reply.status !== 200) {
    throw new Error(reply.text);
  }
  return reply.json.run_id;
}

export async function getRun(workspace: TestWorkspace, runId: string): Promise<RunReply> {
  const reply = await workspace.call<RunReply>('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
  if (reply.status !== 200) {
    throw new Error(reply.text);
  }
  return reply.json;
}

/** Asks until the run is as wanted; the test's own time limit ends a vain wait. */
export async function untilRun(
  workspace: TestWorkspace,
  runId: string,
  wanted: (run: RunReply) => boolean = (run) => run.status.state === 'TERMINATED',
): Promise<RunReply> {
  for (;;) {
    const run = await getRun(workspace, runId);
    if (wanted(run)) {
      return run;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Output of the latest attempt of a task of a run. */
export async function outputOf(workspace: TestWorkspace, run: RunReply, key?: string): Promise<OutputReply> {
  const task = (run.tasks ?? []).filter((candidate) => key === undefined || candidate.task_key === key).at(-1);
  const reply = await workspace.call<OutputReply>('GET', `/api/2.2/jobs/runs/get-output?run_id=${task?.run_id}`);
  if (reply.status !== 200) {
    throw new Error(reply.text);
  }
  return reply.json;
}

/** Asks until a task's log has a text, and gives the log. */
export async function untilLogged(workspace: TestWorkspace, runId: string, text: string): Promise<string> {
  for (;;) {
    const { logs = '' } = await outputOf(workspace, await getRun(workspace, runId));
    if (logs.includes(text)) {
      return logs;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Living processes whose environment has this text (Linux). */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const alive = !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
        return alive && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch (error) {
        if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) {
          return false;
        }
        throw error;
      }
    });
}

/**
 * Waits until so many processes have the text in their environment. A process that has just been started shows no environment for a
 * moment, while the system replaces its program.
 */
export async function untilProcesses(text: string, count: number): Promise<void> {
  while (processesWith(text).length !== count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
