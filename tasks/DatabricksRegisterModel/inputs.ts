import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import { withoutSlashesAtEnd } from '../../src/slashes';

/** Where the model version comes from. */
export type ModelSource =
  | { readonly kind: 'workflowRun'; readonly runId: string }
  | { readonly kind: 'mlflowRun'; readonly runId: string; readonly artifactPath: string }
  | { readonly kind: 'loggedModel'; readonly modelId: string }
  /** Number or alias; for `resolve` only. */
  | { readonly kind: 'version'; readonly version: string };

/** Checked inputs of DatabricksRegisterModel. */
export interface Inputs {
  readonly connection: ConnectionSelection;
  readonly action: 'register' | 'resolve';
  /** `catalog.schema.model` */
  readonly model: string;
  readonly source: ModelSource;
  readonly requireSignature: boolean;
  readonly requireInputExample: boolean;
  readonly description: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly modelTags: ReadonlyMap<string, string>;
  /** `''`: none is set. */
  readonly alias: string;
  /** Milliseconds to wait for READY. */
  readonly waitMs: number;
  readonly dryRun: boolean;
}

/** Aliases that other tasks write (contract 0.11). */
const ALIASES_OF_OTHERS = ['champion', 'previous_champion', 'mlops_hold'];

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const action = inputs.choice('action', ['register', 'resolve']);
  const connection = readSelection(inputs, inputs.hostKind);
  inputs.required('model');
  const source = readSource(inputs, action);
  const alias = readAlias(inputs);
  return {
    action,
    connection,
    source,
    model: inputs.modelName('model'),
    requireSignature: inputs.boolean('requireSignature'),
    requireInputExample: inputs.boolean('requireInputExample'),
    description: inputs.freeText('description'),
    tags: inputs.tags('tags'),
    modelTags: inputs.tags('modelTags'),
    // A version that is named needs no name.
    alias: source.kind === 'version' ? '' : alias,
    waitMs: inputs.number('waitMinutes') * 60_000,
    dryRun: inputs.boolean('dryRun'),
  };
}

function readSource(inputs: InputReader, action: Inputs['action']): ModelSource {
  const workflowRunId = inputs.workflowRunId('workflowRunId');
  const mlflowRunId = inputs.text('mlflowRunId');
  const loggedModelId = inputs.text('loggedModelId');
  const version = action === 'resolve' ? inputs.text('version') : '';
  const names =
    action === 'resolve'
      ? 'workflowRunId, mlflowRunId, loggedModelId, version'
      : 'workflowRunId, mlflowRunId, loggedModelId';
  const given = [workflowRunId, mlflowRunId, loggedModelId, version].filter((value) => value !== '');
  if (given.length !== 1) {
    throw new TaskError(
      'MODEL_SOURCE_REQUIRED',
      given.length === 0 ? `None of ${names} is given.` : `Of ${names} more than one is given.`,
      {
        where:
          given.length === 0 ? 'The likely cause is an output of another step that was read in the wrong form.' : '',
        todo: 'Give exactly one of them; see docs/outputs.md for the form in which outputs of other steps are read.',
      },
    );
  }
  if (workflowRunId !== '') {
    return { kind: 'workflowRun', runId: workflowRunId };
  }
  if (mlflowRunId !== '') {
    return {
      kind: 'mlflowRun',
      runId: mlflowRunId,
      artifactPath: withoutSlashesAtEnd(inputs.choosing('artifactPath').replace(/^\/+/, '')),
    };
  }
  return loggedModelId !== '' ? { kind: 'loggedModel', modelId: loggedModelId } : { kind: 'version', version };
}

function readAlias(inputs: InputReader): string {
  const alias = inputs.choosing('alias');
  if (ALIASES_OF_OTHERS.includes(alias.toLowerCase())) {
    throw new TaskError('ALIAS_RESERVED', `The alias '${alias}' is written by DatabricksPromoteModel only.`, {
      todo: "Use 'challenger' or an alias of your own.",
    });
  }
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(alias) || /^(v?\d+|latest)$/i.test(alias)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'alias' must be an alias of Unity Catalog, not ${JSON.stringify(alias)}.`,
      {
        todo: "Use letters, digits, '_' and '-'; not a number and not 'latest'.",
      },
    );
  }
  return alias === 'none' ? '' : alias;
}
