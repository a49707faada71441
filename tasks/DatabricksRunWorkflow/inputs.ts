import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import type { RunResult } from '../../src/workflow/run-state';
import { readTarget, type Target } from './target';
import { readWanted, type Wanted } from './wanted';

/** What fails the step whatever `failOn` says: nobody knows then what the run has done. */
const ALWAYS: readonly RunResult[] = ['INTERNAL_ERROR', 'UNKNOWN'];

const FAIL_ON: Readonly<Record<string, readonly RunResult[]>> = {
  failed: ['FAILED', 'MAXIMUM_CONCURRENT_RUNS_REACHED', 'SKIPPED', 'UPSTREAM_FAILED', 'EXCLUDED', 'DISABLED'],
  timedout: ['TIMEDOUT'],
  canceled: ['CANCELED', 'UPSTREAM_CANCELED'],
  successWithFailures: ['SUCCESS_WITH_FAILURES'],
};

/** Checked inputs of DatabricksRunWorkflow. */
export interface Inputs {
  readonly connection: ConnectionSelection;
  readonly target: Target;
  readonly wait: boolean;
  /** Milliseconds; 0: as long as the job may run. */
  readonly timeLimitMs: number;
  readonly cancelRun: boolean;
  readonly reuse: 'active' | 'succeeded' | 'never';
  readonly idempotencyKey: string;
  /** Repairs of failed tasks, at most, before the step fails. */
  readonly repairAttempts: number;
  readonly failOn: ReadonlySet<RunResult>;
  /** Three-level name, `''` for any. */
  readonly model: string;
  readonly requireModel: boolean;
  readonly experiments: readonly string[];
  /** Files to bring back. */
  readonly wanted: Wanted;
  readonly dryRun: boolean;
}

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const target = readTarget(inputs);
  const { action } = target;
  const startsRun = action === 'run' || action === 'submit';
  const followsRun = startsRun || action === 'attach' || action === 'repair';
  const wait = action === 'attach' ? true : inputs.boolean('wait');
  return {
    target,
    connection: readSelection(inputs, inputs.hostKind),
    wait,
    timeLimitMs: inputs.number('timeoutMinutes') * 60_000,
    cancelRun: action === 'cancel' ? false : inputs.choice('onCancel', ['cancelRun', 'leaveRunning']) === 'cancelRun',
    reuse: startsRun || action === 'update' ? readReuse(inputs, action) : 'active',
    idempotencyKey: startsRun ? inputs.text('idempotencyKey') : '',
    repairAttempts: startsRun || action === 'attach' ? readRepairAttempts(inputs, wait) : 0,
    failOn: action === 'cancel' ? new Set() : readFailOn(inputs),
    model: followsRun ? inputs.modelName('model') : '',
    requireModel: followsRun ? readRequireModel(inputs, wait) : false,
    experiments: followsRun ? inputs.list('experiments') : [],
    wanted: followsRun ? readWanted(inputs, wait) : { testResults: [], downloads: [], roots: [] },
    dryRun: inputs.boolean('dryRun'),
  };
}

function readReuse(inputs: InputReader, action: Target['action']): Inputs['reuse'] {
  const reuse = inputs.choice('reuse', ['active', 'succeeded', 'never']);
  if (action === 'update' && reuse === 'succeeded') {
    throw new TaskError('INPUT_NOT_USED', "Input 'reuse' cannot be 'succeeded' with action 'update'.", {
      where: 'The Pipelines API does not say which step asked for an update that has ended.',
      todo: "Use 'active' or 'never'; or run the pipeline as a task of a job, whose runs can be found again.",
    });
  }
  return reuse;
}

function readRepairAttempts(inputs: InputReader, wait: boolean): number {
  const attempts = inputs.number('repairAttempts', { max: 10, integer: true });
  if (attempts > 0 && !wait) {
    throw new TaskError('INPUT_NOT_USED', "Input 'repairAttempts' has no meaning with 'wait: false'.", {
      where: 'What failed is known when the run has ended.',
      todo: "Remove 'repairAttempts', or let the step wait.",
    });
  }
  return attempts;
}

function readRequireModel(inputs: InputReader, wait: boolean): boolean {
  const required = inputs.boolean('requireModel');
  if (required && !wait) {
    throw new TaskError('INPUT_NOT_USED', "Input 'requireModel' has no meaning with 'wait: false'.", {
      where: 'What a run makes is known when it has ended.',
      todo: "Remove 'requireModel', or let the step wait.",
    });
  }
  return required;
}

function readFailOn(inputs: InputReader): Set<RunResult> {
  const words = inputs.list('failOn');
  const unknown = words.find((word) => !Object.hasOwn(FAIL_ON, word));
  if (unknown !== undefined) {
    throw new TaskError('INPUT_INVALID', `Input 'failOn' names '${unknown}', which is no final state.`, {
      todo: `Use ${Object.keys(FAIL_ON).join(', ')}.`,
    });
  }
  return new Set<RunResult>([...ALWAYS, ...words.flatMap((word) => FAIL_ON[word] ?? [])]);
}
