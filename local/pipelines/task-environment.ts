import { resolve } from 'node:path';

/** A service connection as a pipeline's server would hand it to the agent. */
export interface PipelineConnection {
  readonly id: string;
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** One step: inputs as the pipeline gives them, everything else as the agent knows it. */
export interface StepRequest {
  readonly inputs: Readonly<Record<string, string>>;
  /** Connections that the step's `connectedService` inputs name, by the value of the input. */
  readonly connections: readonly PipelineConnection[];
  /** Public variables by their original names (`System.JobId`). */
  readonly variables: Readonly<Record<string, string>>;
  readonly secretVariables?: Readonly<Record<string, string>>;
  readonly taskVariables?: Readonly<Record<string, string>>;
  /** Token of the job, as the connection `SystemVssConnection`. */
  readonly jobAccessToken?: string;
  readonly workingDirectory: string;
  readonly temporaryDirectory: string;
}

export interface DeclaredInput {
  readonly name: string;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly defaultValue?: string | boolean;
}

/**
 * The environment of a task's process, exactly what the agent sets and nothing of this process but `PATH` and `HOME`.
 * Inputs: defaults of task.json overlaid by the step's, trimmed, paths rooted at the working directory. Connections only for inputs of
 * type `connectedService`. Source: azure-pipelines-agent, Agent.Worker/Handlers/Handler.cs and TaskRunner.cs.
 * @throws RangeError for an input that the task does not declare
 */
export function taskEnvironment(declared: readonly DeclaredInput[], step: StepRequest): Record<string, string> {
  const inputs = rootedInputs(declared, mergedInputs(declared, step.inputs), step.workingDirectory);
  const named = connectionInputs(declared).flatMap(({ name }) => (inputs.get(name) ?? '').split(','));
  const variables = {
    'Agent.TempDirectory': step.temporaryDirectory,
    'Agent.WorkFolder': step.temporaryDirectory,
    'Agent.Version': AGENT_VERSION,
    'Agent.JobStatus': 'Succeeded',
    'System.DefaultWorkingDirectory': step.workingDirectory,
    ...step.variables,
  };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? step.temporaryDirectory,
    ...inputEnvironment(inputs),
    ...connectionEnvironment(step.connections.filter(({ id }) => named.includes(id))),
    ...(step.jobAccessToken === undefined
      ? {}
      : connectionEnvironment([jobConnection(step.variables['System.CollectionUri'] ?? '', step.jobAccessToken)])),
    ...variableEnvironment({
      open: Object.entries(variables),
      secret: Object.entries(step.secretVariables ?? {}),
      task: Object.entries(step.taskVariables ?? {}),
    }),
  };
}

/** Version that the tasks are told: they ask for a minimum. */
export const AGENT_VERSION = '4.275.0';

/** The connection of the job itself, by which tasks reach Azure DevOps. */
export function jobConnection(url: string, token: string): PipelineConnection {
  return { id: 'SYSTEMVSSCONNECTION', url, scheme: 'OAuth', parameters: { AccessToken: token } };
}

/** Inputs whose value names service connections, parted by commas. */
export function connectionInputs(declared: readonly DeclaredInput[]): readonly DeclaredInput[] {
  return declared.filter(({ type }) => type.toLowerCase().startsWith('connectedservice:'));
}

/**
 * The step's inputs over the defaults of task.json, under the names of task.json, trimmed.
 * @throws RangeError for an input that the task does not declare
 */
export function mergedInputs(
  declared: readonly DeclaredInput[],
  given: Readonly<Record<string, string>>,
): Map<string, string> {
  const merged = new Map(declared.map(({ name, defaultValue }) => [name, String(defaultValue ?? '').trim()]));
  for (const [name, value] of Object.entries(given)) {
    const input = declared.find((candidate) =>
      [candidate.name, ...(candidate.aliases ?? [])].some((known) => known.toLowerCase() === name.trim().toLowerCase()),
    );
    if (input === undefined) {
      throw new RangeError(`the task declares no input '${name}'`);
    }
    merged.set(input.name, value.trim());
  }
  return merged;
}

/** Inputs of type `filePath` as absolute paths; an empty one is the folder itself. */
export function rootedInputs(
  declared: readonly DeclaredInput[],
  inputs: ReadonlyMap<string, string>,
  folder: string,
): Map<string, string> {
  const paths = new Set(declared.filter(({ type }) => type.toLowerCase() === 'filepath').map(({ name }) => name));
  return new Map([...inputs].map(([name, value]) => [name, paths.has(name) ? resolve(folder, value) : value]));
}

export function inputEnvironment(inputs: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...inputs].map(([name, value]) => [`INPUT_${variableName(name)}`, value]));
}

export function connectionEnvironment(connections: readonly PipelineConnection[]): Record<string, string> {
  return Object.assign({}, ...connections.map(connectionVariables));
}

function connectionVariables({ id, url, scheme, parameters, data = {} }: PipelineConnection): Record<string, string> {
  const variables: Record<string, string> = {
    [`ENDPOINT_URL_${id}`]: url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(data),
  };
  for (const [name, value] of Object.entries(parameters)) {
    variables[`ENDPOINT_AUTH_PARAMETER_${id}_${variableName(name)}`] = value;
  }
  for (const [name, value] of Object.entries(data)) {
    variables[`ENDPOINT_DATA_${id}_${variableName(name)}`] = value;
  }
  return variables;
}

type Named = readonly (readonly [name: string, value: string])[];

/** Variables by original name; secret ones reach a process only as `SECRET_…`, which the task library takes out at once. */
export function variableEnvironment({
  open,
  secret,
  task,
}: {
  readonly open: Named;
  readonly secret: Named;
  readonly task: Named;
}): Record<string, string> {
  const names = (variables: Named) => JSON.stringify(variables.map(([name]) => name));
  const environment: Record<string, string> = {
    VSTS_PUBLIC_VARIABLES: names(open),
    VSTS_SECRET_VARIABLES: names(secret),
  };
  for (const [prefix, variables] of [
    ['', open],
    ['SECRET_', secret],
    ['VSTS_TASKVARIABLE_', task],
  ] as const) {
    for (const [name, value] of variables) {
      environment[`${prefix}${variableName(name)}`] = value;
    }
  }
  return environment;
}

/** `System.JobId` → `SYSTEM_JOBID`. */
export function variableName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}
