import { isAbsolute, resolve } from 'node:path';
import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';

const VERDICTS = ['FAIL', 'ERROR', 'INCONCLUSIVE'] as const;

/** Where the predictions are. */
export type PredictionSource =
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'file'; readonly path: string };

/** Checked inputs of `action: lint`. */
export interface LintInputs {
  readonly action: 'lint';
  readonly policyFile: string;
  readonly policyVariables: Readonly<Record<string, string>>;
}

/** Checked inputs of `action: evaluate`. */
export interface EvaluateInputs {
  readonly action: 'evaluate';
  /** `undefined`: everything is in files, and the versions are those that the file names. */
  readonly connection: ConnectionSelection | undefined;
  /** Absolute path. */
  readonly policyFile: string;
  readonly policyVariables: Readonly<Record<string, string>>;
  /** Three-level name; `''` only without a connection. */
  readonly model: string;
  readonly challenger: string;
  readonly champion: string;
  readonly predictions: PredictionSource;
  readonly warehouse: string;
  readonly failOn: readonly string[];
  readonly publishTests: boolean;
}

export type Inputs = EvaluateInputs | LintInputs;

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const action = inputs.choice('action', ['evaluate', 'lint']);
  const policy = {
    policyFile: rooted(policyFile(inputs), inputs),
    policyVariables: Object.fromEntries(inputs.map('policyVariables')),
  };
  if (action === 'lint') {
    return { action, ...policy };
  }
  const predictions = predictionSource(inputs);
  const connection = optionalConnection(inputs, predictions);
  return {
    action,
    ...policy,
    connection,
    model: modelName(inputs, connection),
    challenger: inputs.choosing('challenger'),
    champion: inputs.choosing('champion'),
    predictions,
    warehouse: inputs.text('warehouse'),
    failOn: failOn(inputs),
    publishTests: inputs.boolean('publishTests'),
  };
}

function policyFile(inputs: InputReader): string {
  const file = inputs.required('policyFile');
  if (file.startsWith('preset:')) {
    throw new TaskError('PRESET_UNKNOWN', `This version of the task has no preset policies, so '${file}' names none.`, {
      todo: 'Write a policy file; docs/tasks/DatabricksEvaluateModel.md shows one, and samples/diabetes/mlops/promotion-policy.yml is a whole one.',
    });
  }
  return file;
}

function predictionSource(inputs: InputReader): PredictionSource {
  const text = inputs.required('predictions');
  const [, kind, rest = ''] = /^(table|file):(.+)$/s.exec(text) ?? [];
  if (kind === 'file') {
    return { kind, path: rooted(rest.trim(), inputs) };
  }
  const table = rest.trim();
  if (kind !== 'table' || !/^[^.\s`/]+(\.[^.\s`/]+){2}$/.test(table)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'predictions' must be table:catalog.schema.table or file:path, not ${JSON.stringify(text)}.`,
      {
        todo: "Correct 'predictions'.",
      },
    );
  }
  return { kind: 'table', table };
}

/** No connection is needed when everything is a file; at the terminal `workspaceUrl` says that the registry is to be asked all the same. */
function optionalConnection(inputs: InputReader, predictions: PredictionSource): ConnectionSelection | undefined {
  const given = [inputs.connection('databricksConnection'), inputs.connection('azureSubscription')].some(
    (connection) => connection !== undefined,
  );
  return !given && inputs.text('workspaceUrl') === '' && predictions.kind === 'file'
    ? undefined
    : readSelection(inputs, inputs.hostKind);
}

function modelName(inputs: InputReader, connection: ConnectionSelection | undefined): string {
  if (connection !== undefined) {
    inputs.required('model');
  }
  return inputs.modelName('model');
}

function failOn(inputs: InputReader): string[] {
  const words = inputs.list('failOn').map((word) => word.toUpperCase());
  const unknown = words.find((word) => !VERDICTS.some((verdict) => verdict === word));
  if (unknown !== undefined) {
    throw new TaskError('INPUT_INVALID', `Input 'failOn' names '${unknown}', which is no verdict.`, {
      todo: `Use ${VERDICTS.join(', ')}.`,
    });
  }
  return words;
}

function rooted(path: string, inputs: InputReader): string {
  return isAbsolute(path) ? path : resolve(inputs.sourcesFolder, path);
}
