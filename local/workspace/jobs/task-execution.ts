import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aborted, unlessAborted } from '../abort';
import type { Workspace } from '../api';
import { isAlive, type ProcessIdentity } from '../process-identity';
import type { PythonEnvironments } from '../python/environment';
import type { Tokens } from '../tokens';
import { attemptFolder, logFile, readTaskError, readTaskValues } from './attempt-folder';
import { conditionHolds } from './conditions';
import { type Grace, killTree, type ProcessEnd, startProcess } from './process-runner';
import { processMarker, taskEnvironment } from './task-environment';
import { TaskStartError } from './task-files';
import { type Launch, taskLaunch } from './task-launch';
import type { TaskSlots } from './task-slots';
import { type Attempt, latest, type Run, type TaskRun } from './types';
import { resolveReferences } from './value-references';

/** In the store until a process has a number; no process ever has this one. */
const NOT_STARTED: ProcessIdentity = { pid: 0, started: '' };
const WORKLOAD_FAILED = 'Workload failed, see run output for details';

/** What executions work with; `python`, `slots` and `grace` are shared by all workspaces of the process. */
export interface ExecutionParts {
  readonly workspace: Workspace;
  readonly tokens: Tokens;
  readonly python: PythonEnvironments;
  readonly slots: TaskSlots;
  readonly grace: Grace;
  /** Folder with `launch_task.py` and `dbutils.py`. */
  readonly pythonSite: string;
  readonly warehouseId: string;
}

export interface ExecutionOrder {
  readonly run: Run;
  readonly task: TaskRun;
  readonly attempt: Attempt;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** How an attempt ended, as the state machine takes it. */
export interface ExecutionEnd {
  readonly outcome: 'SUCCESS' | 'FAILED' | 'INTERNAL_ERROR';
  readonly message?: string;
  readonly branch?: 'true' | 'false';
}

/** Executes one attempt of a task: a real process, in a slot, with a token that dies with it. */
export class TaskExecution {
  readonly #processes;

  constructor(private readonly parts: ExecutionParts) {
    this.#processes = parts.workspace.store.collection<ProcessIdentity>('task-processes');
  }

  /** Never throws: whatever goes wrong is an end with a message. @param onBegun called when the process has begun */
  async execute(order: ExecutionOrder, onBegun: () => void): Promise<ExecutionEnd> {
    try {
      return order.task.spec.condition_task === undefined
        ? await this.#inSlot(order, onBegun)
        : this.#decide(order, order.task.spec.condition_task);
    } catch (error) {
      if (order.signal.aborted) {
        return { outcome: 'FAILED', message: 'The task was ended before its process began.' };
      }
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: error instanceof TaskStartError ? 'FAILED' : 'INTERNAL_ERROR', message };
    } finally {
      this.parts.tokens.revokeRun(order.attempt.runId);
    }
  }

  /** Ends the processes that a former server process left behind. */
  async killOrphans(): Promise<void> {
    for (const [runId, identity] of this.#processes.entries()) {
      const group = isAlive(identity) ? identity.pid : undefined;
      await killTree(group, processMarker(attemptFolder(this.parts.workspace, runId)));
      this.#processes.remove(runId);
      this.parts.tokens.revokeRun(runId);
    }
  }

  #decide(order: ExecutionOrder, condition: { op: string; left: string; right: string }): ExecutionEnd {
    const resolve = this.#resolver(order);
    const holds = conditionHolds(condition.op, resolve(condition.left), resolve(condition.right));
    return { outcome: 'SUCCESS', branch: holds ? 'true' : 'false' };
  }

  async #inSlot(order: ExecutionOrder, onBegun: () => void): Promise<ExecutionEnd> {
    const release = await this.parts.slots.acquire(order.signal);
    try {
      const launch = await this.#launch(order);
      const interpreter = await unlessAborted(this.#interpreter(order, launch), order.signal);
      return await this.#process(order, launch, interpreter, onBegun);
    } finally {
      release();
    }
  }

  async #launch(order: ExecutionOrder): Promise<Launch> {
    const { workspace } = this.parts;
    const values = Object.fromEntries(
      order.run.tasks.map((task) => [task.spec.task_key, readTaskValues(workspace, latest(task).runId)]),
    );
    return taskLaunch(workspace, order.run, order.task, this.#resolver(order), values);
  }

  #resolver({ run, task }: ExecutionOrder): (text: string) => string {
    const { workspace } = this.parts;
    return (text) => {
      try {
        return resolveReferences(text, {
          workspaceId: workspace.id,
          workspaceUrl: workspace.url,
          run,
          task,
          taskValue: (runId, key) => asText(readTaskValues(workspace, runId)[key]),
        });
      } catch (error) {
        throw new TaskStartError((error as Error).message);
      }
    };
  }

  async #interpreter(order: ExecutionOrder, launch: Launch): Promise<string> {
    try {
      return await this.parts.python.interpreter(launch.requirements);
    } catch (error) {
      const task = order.task.spec.task_key;
      throw new TaskStartError(
        `The Python environment of task ${task} could not be installed. ${(error as Error).message}`,
      );
    }
  }

  async #process(
    order: ExecutionOrder,
    launch: Launch,
    interpreter: string,
    onBegun: () => void,
  ): Promise<ExecutionEnd> {
    const { workspace, tokens, pythonSite, warehouseId, grace } = this.parts;
    const { run, attempt, signal } = order;
    const folder = attemptFolder(workspace, attempt.runId);
    mkdirSync(path.join(folder, 'tmp'), { recursive: true });
    mkdirSync(path.join(workspace.folder, 'home'), { recursive: true });
    writeFileSync(path.join(folder, 'task.json'), JSON.stringify(launch.file));
    const token = tokens.issueForRun(run.creator, attempt.runId);
    signal.throwIfAborted();
    // Noted before it begins: a server that is killed at the start of a process still finds that process by its marker.
    this.#processes.put(attempt.runId, NOT_STARTED);
    const started = await startProcess(
      {
        command: interpreter,
        args: [path.join(pythonSite, 'launch_task.py'), folder],
        cwd: launch.cwd,
        env: taskEnvironment({ workspace, run, attempt, token, interpreter, folder, pythonSite, warehouseId }),
        logFile: logFile(workspace, attempt.runId),
        marker: processMarker(folder),
      },
      grace,
    );
    this.#processes.put(attempt.runId, started.identity);
    onBegun();
    const end = await Promise.race([started.ended, aborted(signal).then(() => started.terminate())]);
    this.#processes.remove(attempt.runId);
    return this.#result(attempt.runId, end);
  }

  async #result(runId: string, { code, signal }: ProcessEnd): Promise<ExecutionEnd> {
    if (code === 0) {
      return { outcome: 'SUCCESS' };
    }
    const raised = await readTaskError(this.parts.workspace, runId);
    return raised !== undefined
      ? { outcome: 'FAILED', message: WORKLOAD_FAILED }
      : {
          outcome: 'FAILED',
          message: `The process ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`,
        };
  }
}

function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}
