import { isAbsolute, resolve } from 'node:path';

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

interface DeclaredInput {
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
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? step.temporaryDirectory,
  };
  const inputs = mergedInputs(declared, step);
  for (const [name, value] of inputs) {
    environment[`INPUT_${variableName(name)}`] = value;
  }
  const named = declared
    .filter((input) => input.type.toLowerCase().startsWith('connectedservice:'))
    .flatMap((input) => (inputs.get(input.name) ?? '').split(','));
  for (const connection of step.connections.filter(({ id }) => named.includes(id))) {
    Object.assign(environment, connectionVariables(connection));
  }
  if (step.jobAccessToken !== undefined) {
    Object.assign(
      environment,
      connectionVariables({
        id: 'SYSTEMVSSCONNECTION',
        url: step.variables['System.CollectionUri'] ?? '',
        scheme: 'OAuth',
        parameters: { AccessToken: step.jobAccessToken },
      }),
    );
  }
  Object.assign(environment, pipelineVariables(step));
  return environment;
}

function mergedInputs(declared: readonly DeclaredInput[], step: StepRequest): Map<string, string> {
  const merged = new Map(declared.map(({ name, defaultValue }) => [name, String(defaultValue ?? '').trim()]));
  for (const [given, value] of Object.entries(step.inputs)) {
    const input = declared.find(({ name, aliases }) =>
      [name, ...(aliases ?? [])].some((known) => known.toLowerCase() === given.toLowerCase()),
    );
    if (input === undefined) {
      throw new RangeError(`the task declares no input '${given}'`);
    }
    merged.set(input.name, value.trim());
  }
  for (const { name, type } of declared) {
    const value = merged.get(name) ?? '';
    if (type.toLowerCase() === 'filepath' && !isAbsolute(value)) {
      merged.set(name, resolve(step.workingDirectory, value));
    }
  }
  return merged;
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

function pipelineVariables(step: StepRequest): Record<string, string> {
  const variables = {
    'Agent.TempDirectory': step.temporaryDirectory,
    'Agent.WorkFolder': step.temporaryDirectory,
    'Agent.Version': '4.275.0',
    'Agent.JobStatus': 'Succeeded',
    'System.DefaultWorkingDirectory': step.workingDirectory,
    ...step.variables,
  };
  const environment: Record<string, string> = {
    VSTS_PUBLIC_VARIABLES: JSON.stringify(Object.keys(variables)),
    VSTS_SECRET_VARIABLES: JSON.stringify(Object.keys(step.secretVariables ?? {})),
  };
  for (const [name, value] of Object.entries(variables)) {
    environment[variableName(name)] = value;
  }
  for (const [name, value] of Object.entries(step.secretVariables ?? {})) {
    environment[`SECRET_${variableName(name)}`] = value;
  }
  for (const [name, value] of Object.entries(step.taskVariables ?? {})) {
    environment[`VSTS_TASKVARIABLE_${variableName(name)}`] = value;
  }
  return environment;
}

/** `System.JobId` → `SYSTEM_JOBID`. */
function variableName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}
