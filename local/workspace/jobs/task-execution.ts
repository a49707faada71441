import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aborted, unlessAborted } from '../abort';
import type { Workspace } from '../api';
import { GitCheckoutFailure } from '../git/checkout-failure';
import type { GitCheckout, RunCheckouts } from '../git/run-checkouts';
import type { PipelineUpdates } from '../pipelines/service';
import { isAlive, type ProcessIdentity } from '../process-identity';
import type { PythonEnvironments } from '../python/environment';
import type { MetastoreTables } from '../sql/service';
import type { Tokens } from '../tokens';
import { attemptFolder, logFile, notebookCopy, readTaskError, readTaskValues, writeResolved } from './attempt-folder';
import { runIterations, runOtherJob } from './child-runs';
import { conditionHolds } from './conditions';
import type { Attendance, ExecutionEnd, ExecutionOrder } from './execution-order';
import { gitSource } from './git-source';
import { takesFromGit } from './git-tasks';
import { runPipelineTask } from './pipeline-task';
import { type Grace, killTree, type ProcessEnd, startProcess } from './process-runner';
import { actingPrincipal } from './run-identity';
import type { JobStore, RunStore } from './run-store';
import { runSqlTask } from './sql-task';
import { processMarker, taskEnvironment } from './task-environment';
import { TaskStartError } from './task-files';
import { type Launch, taskLaunch } from './task-launch';
import { referencedRun, taskResolver } from './task-references';
import type { TaskSlots } from './task-slots';
import { latest } from './types';

/** In the store until a process has a number; no process ever has this one. */
const NOT_STARTED: ProcessIdentity = { pid: 0, started: '' };
const WORKLOAD_FAILED = 'Workload failed, see run output for details';

/** What executions work with; `python`, `slots` and `grace` are shared by all workspaces of the process. */
export interface ExecutionParts {
  readonly workspace: Workspace;
  readonly runs: RunStore;
  readonly jobs: JobStore;
  readonly tables: MetastoreTables;
  readonly pipelines: PipelineUpdates;
  readonly checkouts: RunCheckouts;
  readonly tokens: Tokens;
  readonly python: PythonEnvironments;
  readonly slots: TaskSlots;
  readonly grace: Grace;
  /** Folder with `launch_task.py` and `dbutils.py`. */
  readonly pythonSite: string;
  readonly warehouseId: string;
}

/** Executes one attempt of a task: a real process, in a slot, with a token that dies with it. */
export class TaskExecution {
  readonly #processes;

  constructor(private readonly parts: ExecutionParts) {
    this.#processes = parts.workspace.store.collection<ProcessIdentity>('task-processes');
  }

  /** Never throws: whatever goes wrong is an end with a message. @param attendance told when the attempt has begun */
  async execute(order: ExecutionOrder, attendance: Attendance): Promise<ExecutionEnd> {
    try {
      return await this.#byType(order, attendance);
    } catch (error) {
      if (order.signal.aborted) {
        return { outcome: 'FAILED', message: 'The task was ended before its process began.' };
      }
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof GitCheckoutFailure) {
        return { outcome: 'INTERNAL_ERROR', message, code: 'REPOSITORY_CHECKOUT_FAILED' };
      }
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

  async #byType(order: ExecutionOrder, attendance: Attendance): Promise<ExecutionEnd> {
    const { spec } = order.task;
    const resolve = taskResolver(this.parts, order);
    if (spec.condition_task !== undefined) {
      return this.#decide(order.attempt.runId, spec.condition_task, resolve);
    }
    if (spec.run_job_task !== undefined) {
      return runOtherJob(this.parts, order, spec.run_job_task, resolve, attendance);
    }
    if (spec.for_each_task !== undefined) {
      return runIterations(this.parts, order, spec.for_each_task, resolve, attendance);
    }
    if (spec.sql_task !== undefined) {
      const checkout = await this.#checkout(order);
      return runSqlTask(this.parts, order, spec.sql_task, { resolve, checkout: checkout?.folder }, attendance);
    }
    if (spec.pipeline_task !== undefined) {
      return runPipelineTask(this.parts.pipelines, order, spec.pipeline_task, resolve, attendance);
    }
    return this.#inSlot(order, resolve, () => attendance.begun());
  }

  #decide(
    runId: string,
    condition: { op: string; left: string; right: string },
    resolve: (text: string) => string,
  ): ExecutionEnd {
    const sides = { left: resolve(condition.left), right: resolve(condition.right) };
    writeResolved(this.parts.workspace, runId, { condition_task: sides });
    try {
      const holds = conditionHolds(condition.op, sides.left, sides.right);
      return { outcome: 'SUCCESS', branch: holds ? 'true' : 'false' };
    } catch (error) {
      throw new TaskStartError((error as Error).message);
    }
  }

  async #inSlot(order: ExecutionOrder, resolve: (text: string) => string, onBegun: () => void): Promise<ExecutionEnd> {
    const release = await this.parts.slots.acquire(order.signal);
    try {
      const checkout = await this.#checkout(order);
      const launch = await this.#launch(order, resolve, checkout?.folder);
      const interpreter = await unlessAborted(this.#interpreter(order, launch), order.signal);
      return await this.#process(order, launch, { interpreter, checkout }, onBegun);
    } finally {
      release();
    }
  }

  /** The Git sources of the order's run, where its task takes its file from there. */
  async #checkout({ run, task, signal }: ExecutionOrder): Promise<GitCheckout | undefined> {
    const { git_source: source } = run.settings;
    if (source === undefined || !takesFromGit(task.spec)) {
      return undefined;
    }
    const { runs, checkouts } = this.parts;
    return unlessAborted(checkouts.checkout(referencedRun(runs, run).runId, gitSource(source)), signal);
  }

  async #launch(
    order: ExecutionOrder,
    resolve: (text: string) => string,
    checkout: string | undefined,
  ): Promise<Launch> {
    const { workspace, runs, warehouseId } = this.parts;
    const taskValues = Object.fromEntries(
      referencedRun(runs, order.run).tasks.map((task) => [
        task.spec.task_key,
        readTaskValues(workspace, latest(task).runId),
      ]),
    );
    return taskLaunch({ workspace, warehouseId, resolve, taskValues, checkout }, order.run, order.task);
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
    { interpreter, checkout }: { readonly interpreter: string; readonly checkout: GitCheckout | undefined },
    onBegun: () => void,
  ): Promise<ExecutionEnd> {
    const { workspace, tokens, pythonSite, warehouseId, grace } = this.parts;
    const { run, attempt, signal } = order;
    const folder = attemptFolder(workspace, attempt.runId);
    mkdirSync(path.join(folder, 'tmp'), { recursive: true });
    mkdirSync(path.join(workspace.folder, 'home'), { recursive: true });
    writeFileSync(path.join(folder, 'task.json'), JSON.stringify(launch.file));
    writeResolved(workspace, attempt.runId, launch.resolved);
    if (launch.file.kind === 'notebook' && launch.file.path !== undefined) {
      copyFileSync(launch.file.path, notebookCopy(workspace, attempt.runId));
    }
    const token = tokens.issueForRun(actingPrincipal(run), attempt.runId);
    signal.throwIfAborted();
    // Noted before it begins: a server that is killed at the start of a process still finds that process by its marker.
    this.#processes.put(attempt.runId, NOT_STARTED);
    const started = await startProcess(
      {
        command: interpreter,
        args: [path.join(pythonSite, 'launch_task.py'), folder],
        cwd: launch.cwd,
        env: taskEnvironment({
          workspace,
          run,
          attempt,
          token,
          interpreter,
          folder,
          pythonSite,
          warehouseId,
          checkout,
        }),
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
