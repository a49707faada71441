import { systemClock } from '../../../src/clock';
import type { Service, Workspace } from '../api';
import { RunCheckouts } from '../git/run-checkouts';
import type { PipelineUpdates } from '../pipelines/service';
import type { PythonEnvironments } from '../python/environment';
import type { MetastoreTables } from '../sql/service';
import type { Tokens } from '../tokens';
import { jobOperations } from './job-operations';
import { JobRunner } from './job-runner';
import { permissionOperations } from './permission-operations';
import { runOperations } from './run-operations';
import { JobStore, RunStore } from './run-store';
import { seedOperation } from './seed-operation';
import { startOperations } from './start-operations';
import { TaskExecution } from './task-execution';
import type { TaskSlots } from './task-slots';

const GRACE_MILLISECONDS = 5000;

export interface JobsOptions {
  readonly tokens: Tokens;
  readonly tables: MetastoreTables;
  readonly pipelines: PipelineUpdates;
  readonly python: PythonEnvironments;
  readonly slots: TaskSlots;
  /** Folder with `launch_task.py` and `dbutils.py`. */
  readonly pythonSite: string;
  /** The warehouse that jobs are told about. */
  readonly warehouseId: string;
  /** Between SIGTERM and SIGKILL of a cancelled task; real time, because real processes end in it. Default 5000. */
  readonly graceMilliseconds?: number;
  readonly onDefect: (error: unknown) => void;
}

/** Jobs of one workspace, run as real processes of this machine. */
export function createJobs(workspace: Workspace, options: JobsOptions): Service {
  const runs = new RunStore(workspace.store);
  const jobs = new JobStore(workspace.store);
  const checkouts = new RunCheckouts(workspace);
  const execution = new TaskExecution({
    workspace,
    checkouts,
    runs,
    jobs,
    tables: options.tables,
    pipelines: options.pipelines,
    tokens: options.tokens,
    python: options.python,
    slots: options.slots,
    grace: { clock: systemClock, milliseconds: options.graceMilliseconds ?? GRACE_MILLISECONDS },
    pythonSite: options.pythonSite,
    warehouseId: options.warehouseId,
  });
  const runner = new JobRunner(workspace, runs, execution, options.onDefect);
  const parts = {
    workspace,
    runs,
    jobs,
    runner,
    checkouts,
    tokens: workspace.store.collection<string>('idempotency-tokens'),
  };
  const versions = ['2.2', '2.1'] as const;
  return {
    operations: [
      ...versions.flatMap((version) => [
        ...jobOperations(parts, version),
        ...startOperations(parts, version),
        ...runOperations(parts, version),
      ]),
      ...permissionOperations(parts),
      seedOperation(parts, options.tokens),
    ],
    start: () => {
      runs.noteEnded();
      return runner.recover();
    },
    stop: async () => {
      checkouts.stop();
      await runner.stop();
    },
  };
}
