import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import { refusePlainSecrets } from './plain-secrets';

/** Who calls the endpoint: decides which versions it may serve. */
export type Purpose = 'customers' | 'test';

/** What the caller chooses of a served entity, beside model and version. */
export interface ComputeInputs {
  readonly workloadType: string;
  readonly scaleToZero: boolean;
  /** A named size, or concurrent requests at least and at most. */
  readonly size: { readonly name: string } | { readonly min: number; readonly max: number };
  readonly environmentVariables: ReadonlyMap<string, string>;
}

interface EndpointInputs {
  readonly connection: ConnectionSelection;
  readonly endpoint: string;
  readonly model: string;
  readonly dryRun: boolean;
  readonly timeoutMinutes: number;
  /** `any`, or the `config_version` that the endpoint must have as text. */
  readonly expectedConfigVersion: string;
}

/** Checked inputs of action `deploy`. */
export interface DeployInputs extends EndpointInputs {
  readonly action: 'deploy';
  /** Number or alias. */
  readonly version: string;
  readonly purpose: Purpose;
  readonly compute: ComputeInputs;
  readonly endpointTags: ReadonlyMap<string, string>;
  /** Absolute path, empty for none. */
  readonly sampleRequests: string;
}

/** Checked inputs of action `delete`. */
export interface DeleteInputs extends EndpointInputs {
  readonly action: 'delete';
}

/** Checked inputs of DatabricksDeployEndpoint. */
export type Inputs = DeployInputs | DeleteInputs;

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const action = inputs.choice('action', ['deploy', 'delete']);
  const shared: EndpointInputs = {
    connection: readSelection(inputs, inputs.hostKind),
    endpoint: endpointName(inputs.required('endpoint')),
    model: requiredModel(inputs),
    dryRun: inputs.boolean('dryRun'),
    timeoutMinutes: inputs.number('timeoutMinutes', { min: 0.01, max: 1440 }),
    expectedConfigVersion: configVersion(inputs.choosing('expectedConfigVersion')),
  };
  if (action === 'delete') {
    confirmed(inputs.text('confirm'), shared.endpoint);
    return { ...shared, action };
  }
  return {
    ...shared,
    action,
    version: inputs.choosing('version'),
    purpose: inputs.choice('purpose', ['customers', 'test']),
    compute: compute(inputs),
    endpointTags: inputs.tags('endpointTags'),
    sampleRequests: inputs.path('sampleRequests'),
  };
}

function compute(inputs: InputReader): ComputeInputs {
  const name = inputs.choice('workloadSize', ['Small', 'Medium', 'Large']);
  const least = inputs.text('minConcurrency');
  const most = inputs.text('maxConcurrency');
  const environmentVariables = inputs.map('environmentVariables');
  refusePlainSecrets(environmentVariables);
  const rest = {
    workloadType: inputs.choosing('workloadType'),
    scaleToZero: inputs.boolean('scaleToZero'),
    environmentVariables,
  };
  if (least === '' && most === '') {
    return { ...rest, size: { name } };
  }
  if (least === '' || most === '') {
    throw new TaskError('INPUT_REQUIRED', "Inputs 'minConcurrency' and 'maxConcurrency' go together.", {
      todo: 'Set both, or neither.',
    });
  }
  if (name !== 'Small') {
    throw new TaskError('INPUT_NOT_USED', "Input 'workloadSize' has no meaning beside 'minConcurrency'.", {
      todo: "Remove 'workloadSize', or 'minConcurrency' and 'maxConcurrency'.",
    });
  }
  const min = inputs.number('minConcurrency', { integer: true });
  const max = inputs.number('maxConcurrency', { integer: true, min: Math.max(1, min) });
  return { ...rest, size: { min, max } };
}

function endpointName(name: string): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/.test(name)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'endpoint' must be the name of an endpoint, not ${JSON.stringify(name)}.`,
      {
        todo: 'Use 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last.',
      },
    );
  }
  return name;
}

function requiredModel(inputs: InputReader): string {
  inputs.required('model');
  return inputs.modelName('model');
}

function configVersion(text: string): string {
  if (text !== 'any' && !/^\d{1,15}$/.test(text)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'expectedConfigVersion' must be 'any' or a whole number, not ${JSON.stringify(text)}.`,
      { todo: "Give output 'configVersion' of an earlier step, or leave the input out." },
    );
  }
  return text;
}

function confirmed(confirm: string, endpoint: string): void {
  if (confirm !== endpoint) {
    throw new TaskError('NOT_CONFIRMED', `Input 'confirm' does not repeat the name of endpoint '${endpoint}'.`, {
      todo: `Set 'confirm' to '${endpoint}' to delete it.`,
    });
  }
}
