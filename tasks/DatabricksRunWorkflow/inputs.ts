import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import type { RunResult } from '../../src/workflow/run-state';

const FAIL_ON: Readonly<Record<string, readonly RunResult[]>> = {
  failed: [
    'FAILED',
    'INTERNAL_ERROR',
    'MAXIMUM_CONCURRENT_RUNS_REACHED',
    'SKIPPED',
    'UPSTREAM_FAILED',
    'EXCLUDED',
    'DISABLED',
  ],
  timedout: ['TIMEDOUT'],
  canceled: ['CANCELED', 'UPSTREAM_CANCELED'],
  successWithFailures: ['SUCCESS_WITH_FAILURES'],
};

/** What to run. */
export type Target =
  | {
      readonly action: 'run';
      /** Id or exact name. */
      readonly job: string;
      readonly parameters: ReadonlyMap<string, string>;
      readonly optionalParameters: ReadonlyMap<string, string>;
    }
  | {
      readonly action: 'submit';
      /** JSON, or the path of a file that holds it. */
      readonly definition: string;
      /** Where a relative path begins. */
      readonly folder: string;
      readonly runLabel: string;
    }
  | { readonly action: 'attach'; readonly runId: string };

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
  readonly failOn: ReadonlySet<RunResult>;
  /** Three-level name, `''` for any. */
  readonly model: string;
  readonly requireModel: boolean;
  readonly experiments: readonly string[];
  readonly dryRun: boolean;
}

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const target = readTarget(inputs);
  const starts = target.action !== 'attach';
  const wait = starts ? inputs.boolean('wait') : true;
  return {
    target,
    connection: readSelection(inputs, inputs.hostKind),
    wait,
    timeLimitMs: inputs.number('timeoutMinutes') * 60_000,
    cancelRun: inputs.choice('onCancel', ['cancelRun', 'leaveRunning']) === 'cancelRun',
    reuse: starts ? inputs.choice('reuse', ['active', 'succeeded', 'never']) : 'active',
    idempotencyKey: starts ? inputs.text('idempotencyKey') : '',
    failOn: readFailOn(inputs),
    model: inputs.modelName('model'),
    requireModel: readRequireModel(inputs, wait),
    experiments: inputs.list('experiments'),
    dryRun: starts ? inputs.boolean('dryRun') : false,
  };
}

function readTarget(inputs: InputReader): Target {
  const action = inputs.choice('action', ['run', 'submit', 'attach']);
  switch (action) {
    case 'run':
      return {
        action,
        job: inputs.required('job'),
        parameters: inputs.map('jobParameters'),
        optionalParameters: inputs.map('optionalJobParameters'),
      };
    case 'submit':
      return {
        action,
        definition: inputs.required('definition'),
        folder: inputs.sourcesFolder,
        runLabel: inputs.text('runLabel'),
      };
    case 'attach':
      inputs.required('runId');
      return { action, runId: inputs.workflowRunId('runId') };
  }
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
  return new Set<RunResult>(['UNKNOWN', ...words.flatMap((word) => FAIL_ON[word] ?? [])]);
}
