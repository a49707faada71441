import { lastAttempts, type Run, type RunTask } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { parseJson } from '../json';
import { inParallel } from './in-parallel';
import { standingOf } from './run-state';
import { inOrder } from './task-graph';
import { keptOutput, type TaskOutput } from './task-output';

/** A task with the output that it left; none where the service has none, or did not give it. */
export interface TaskWithOutput {
  readonly task: RunTask;
  /** Place in the whole: `train`, `score[3]` (an iteration), `nightly › train` (a task of the run that task `nightly` started). */
  readonly path: string;
  /** Of an iteration: its input, as JSON; absent where the inputs come from another task. */
  readonly input?: string;
  /** 0: a task of the run itself; one more for each run or for-each task around it. */
  readonly depth: number;
  readonly output: TaskOutput | undefined;
  /** Why the output, or what lies below the task, could not be read: what it said about its models is then unknown. */
  readonly unreadable?: TaskError;
}

/** A run with everything below it: runs that its tasks started, iterations of its for-each tasks. */
export interface RunTree {
  /** In the order of the graph, what lies below a task right after it. */
  readonly tasks: readonly TaskWithOutput[];
  /** Ids of the run and of the runs that its tasks started. */
  readonly jobRunIds: readonly string[];
  /** Tasks and iterations whose output was not read, and runs that were not looked into, because there are too many. */
  readonly leftOut: number;
}

/** Outputs read, at most; those of failed tasks come first, then those nearer to the run. */
const MOST_OUTPUTS = 1_500;
/** Tasks and iterations listed, at most. */
const MOST_TASKS = 10_000;
/** Runs and for-each tasks looked into, at most; each is a request or more. */
const MOST_LOOKED_INTO = 100;
/** How deep runs may start runs. */
const MOST_DEPTH = 5;
const AT_ONCE = 8;

interface Branch {
  readonly entry: TaskWithOutput;
  below: Branch[];
}

/**
 * What the last attempts of a run's tasks left, also in the runs that they started and in the iterations of for-each tasks. An output
 * that cannot be read is a warning: the result of the run, and MLflow's own marks of it, stand without it.
 * @throws what is no error of the service, and a cancel
 */
export async function readRunTree(
  workspace: WorkspaceClient,
  run: Run,
  warning: (text: string, code: string) => void,
): Promise<RunTree> {
  const jobRunIds = [run.run_id];
  const left = { outputs: MOST_OUTPUTS, tasks: MOST_TASKS, lookedInto: MOST_LOOKED_INTO };
  const guard = new Guard(warning);
  let leftOut = 0;

  const read = async (entry: TaskWithOutput): Promise<TaskWithOutput> => {
    if (!mayHaveOutput(entry.task)) {
      return entry;
    }
    if (left.outputs === 0) {
      leftOut += 1;
      return entry;
    }
    left.outputs -= 1;
    return guard.read(entry, async () => ({
      ...entry,
      output: keptOutput(await workspace.runs.output(entry.task.run_id)),
    }));
  };

  const branchesOf = async (tasks: readonly Placed[], depth: number): Promise<Branch[]> => {
    const taken = tasks.slice(0, left.tasks);
    left.tasks -= taken.length;
    leftOut += tasks.length - taken.length;
    const entries = taken.map((placed): TaskWithOutput => ({ ...placed, depth, output: undefined }));
    const failedFirst = [...entries.entries()].sort(([, a], [, b]) => rank(a) - rank(b));
    const results = await inParallel(failedFirst, AT_ONCE, ([, entry]) => read(entry));
    const branches = new Array<Branch>(entries.length);
    failedFirst.forEach(([index], at) => {
      branches[index] = { entry: results[at] as TaskWithOutput, below: [] };
    });
    return branches;
  };

  const top = await branchesOf(
    inOrder(lastAttempts(run.tasks ?? [])).map((task) => ({ task, path: task.task_key })),
    0,
  );
  for (let level = top; level.length > 0; ) {
    const open = level.filter(({ entry }) => hasBelow(entry));
    for (const branch of open) {
      if (left.lookedInto === 0 || branch.entry.depth >= MOST_DEPTH) {
        leftOut += 1;
        continue;
      }
      left.lookedInto -= 1;
      const below: Placed[] = [];
      const { entry } = branch;
      const looked = await guard.read(entry, async () => {
        below.push(...(await placedBelow(workspace, entry, jobRunIds)));
        return entry;
      });
      Object.assign(branch, { entry: looked, below: await branchesOf(below, entry.depth + 1) });
    }
    level = open.flatMap(({ below }) => below);
  }
  return { tasks: top.flatMap(flat), jobRunIds, leftOut };
}

interface Placed {
  readonly task: RunTask;
  readonly path: string;
  readonly input?: string;
}

async function placedBelow(
  workspace: WorkspaceClient,
  { task, path, output }: TaskWithOutput,
  jobRunIds: string[],
): Promise<Placed[]> {
  if (output?.nestedRunId !== undefined) {
    jobRunIds.push(output.nestedRunId);
    const nested = await workspace.runs.get(output.nestedRunId);
    return inOrder(lastAttempts(nested?.tasks ?? [])).map((each) => ({
      task: each,
      path: `${path} › ${each.task_key}`,
    }));
  }
  const whole = await workspace.runs.get(task.run_id);
  const iterations = lastIterations(whole?.iterations ?? []);
  const inputs = inputsOf(task);
  return iterations.map((each, index) => ({
    task: each,
    path: `${path}[${index}]`,
    ...(inputs.length === iterations.length ? { input: JSON.stringify(inputs[index]) } : {}),
  }));
}

/** The inputs of a for-each task; none where they are a reference to what another task left. That iterations come in their order is [U]. */
function inputsOf({ for_each_task }: RunTask): readonly unknown[] {
  const text = (for_each_task as { readonly inputs?: unknown } | undefined)?.inputs;
  const inputs = typeof text === 'string' ? jsonOrUndefined(text) : undefined;
  return Array.isArray(inputs) ? inputs : [];
}

function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * The last attempt of each iteration. All have the same key; that the attempts of one follow each other, each with a higher number, is [U].
 */
export function lastIterations(attempts: readonly RunTask[]): RunTask[] {
  const last: RunTask[] = [];
  for (const attempt of attempts) {
    const former = last.at(-1);
    if (former !== undefined && (attempt.attempt_number ?? 0) > (former.attempt_number ?? 0)) {
      last[last.length - 1] = attempt;
    } else {
      last.push(attempt);
    }
  }
  return last;
}

function hasBelow({ task, output }: TaskWithOutput): boolean {
  return output?.nestedRunId !== undefined || (task['for_each_task'] !== undefined && (task.start_time ?? 0) > 0);
}

/** Conditions and for-each tasks have none; what did not begin has none either. */
function mayHaveOutput(task: RunTask): boolean {
  const bare = task['for_each_task'] !== undefined || task['condition_task'] !== undefined;
  return !bare && (task.start_time ?? 0) > 0 && !standingOf(task).active;
}

function rank({ task }: TaskWithOutput): number {
  const standing = standingOf(task);
  if (!standing.active && standing.result !== 'SUCCESS') {
    return 0;
  }
  return task['run_job_task'] === undefined ? 2 : 1;
}

function flat({ entry, below }: Branch): TaskWithOutput[] {
  return [entry, ...below.flatMap(flat)];
}

/** Reads that failed, after which nothing more is read: each may take minutes, and the next would hardly fare better. */
const MOST_UNREADABLE = 3;

/** Reads where a failure is a warning and a mark on the task. */
class Guard {
  private readonly failures: TaskError[] = [];

  constructor(private readonly warning: (text: string, code: string) => void) {}

  async read(entry: TaskWithOutput, work: () => Promise<TaskWithOutput>): Promise<TaskWithOutput> {
    const [first] = this.failures;
    if (first !== undefined && this.failures.length >= MOST_UNREADABLE) {
      return { ...entry, unreadable: first };
    }
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TaskError) || error.code === 'CANCELED') {
        throw error;
      }
      this.failures.push(error);
      const last = this.failures.length === MOST_UNREADABLE ? ' No more outputs are read.' : '';
      this.warning(`The output of task '${entry.path}' cannot be read: ${error.message}${last}`, 'OUTPUT_UNREADABLE');
      return { ...entry, unreadable: error };
    }
  }
}
