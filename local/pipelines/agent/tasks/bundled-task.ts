import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  connectionEnvironment,
  connectionInputs,
  type DeclaredInput,
  inputEnvironment,
  jobConnection,
  type PipelineConnection,
} from '../../task-environment';
import { mergeResults } from '../../task-result';
import { connectionNames, jobConnectionOf } from '../job-connections';
import { stepEnvironment } from '../step-environment';
import { StepFailure, type StepRun } from '../step-run';
import { runInStep } from './run-in-step';
import type { StepTask, TaskInputs } from './step-task';

/** Of task.json what an agent reads. */
interface TaskDefinition {
  readonly name: string;
  readonly version: { readonly Major: number };
  readonly instanceNameFormat?: string;
  readonly inputs: readonly DeclaredInput[];
  readonly outputVariables?: readonly { readonly name: string }[];
  readonly restrictions?: {
    readonly commands?: { readonly mode?: string };
    readonly settableVariables?: { readonly allowed?: readonly string[] };
  };
  readonly execution?: Handlers;
  readonly postjobexecution?: Handlers;
}
type Handlers = Readonly<Record<string, { readonly target: string }>>;

/** Handlers of Node.js that an agent of today has, the preferred first. */
const HANDLERS = ['Node24', 'Node20_1'];

/** A built task; `undefined` when there is none of this name. @throws StepFailure when it has another major version */
export function bundledTask(tasksFolder: string, name: string, major: string): StepTask | undefined {
  const folder = join(tasksFolder, name);
  const definition = readDefinition(folder);
  if (definition === undefined) {
    return undefined;
  }
  if (String(definition.version.Major) !== major) {
    throw new StepFailure(`Task ${name} is here in version ${definition.version.Major}, not ${major}.`);
  }
  const { execution, postjobexecution, restrictions } = definition;
  return {
    reference: definition.name,
    runsOn: 'agent',
    declared: definition.inputs,
    restrictions: {
      restrictedMode: restrictions?.commands?.mode?.toLowerCase() === 'restricted',
      settableVariables:
        restrictions?.settableVariables?.allowed === undefined ? [] : [restrictions.settableVariables.allowed],
    },
    outputNames: new Set((definition.outputVariables ?? []).map((output) => output.name.toLowerCase())),
    displayName: (inputs) =>
      (definition.instanceNameFormat ?? definition.name).replace(/\$\((\w+)\)/g, (_, input) => inputs.get(input)),
    run: (step, inputs) => runBundle(step, inputs, { folder, definition, handlers: execution ?? {} }),
    ...(postjobexecution === undefined
      ? {}
      : { post: (step, inputs) => runBundle(step, inputs, { folder, definition, handlers: postjobexecution }) }),
  };
}

/** Names of the built tasks; none where nothing is built. */
export function bundledTaskNames(tasksFolder: string): readonly string[] {
  return existsSync(tasksFolder)
    ? readdirSync(tasksFolder).filter((name) => existsSync(join(tasksFolder, name, 'task.json')))
    : [];
}

/** Names of the inputs in which a built task is given connections, aliases included; none where there is no task of this name. */
export function connectionInputNames(tasksFolder: string, name: string): readonly string[] {
  const definition = /^\w+$/.test(name) ? readDefinition(join(tasksFolder, name)) : undefined;
  return connectionInputs(definition?.inputs ?? []).flatMap((input) => [input.name, ...(input.aliases ?? [])]);
}

function readDefinition(folder: string): TaskDefinition | undefined {
  const file = join(folder, 'task.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TaskDefinition) : undefined;
}

/** What an agent does with a step that uses a connection, in a run that gets none: the step is skipped and the job goes on. */
export function skipWithoutConnection(step: StepRun): void {
  step.print(
    'Skipped: the step uses a service connection, and a pull request of a fork does not get any. The step counts as skipped.',
  );
  step.say('Skipped: a pull request of a fork gets no service connection.');
  step.result = 'Skipped';
}

interface Bundle {
  readonly folder: string;
  readonly definition: TaskDefinition;
  readonly handlers: Handlers;
}

async function runBundle(step: StepRun, inputs: TaskInputs, { folder, definition, handlers }: Bundle): Promise<void> {
  const handler = HANDLERS.find((name) => Object.hasOwn(handlers, name));
  const target = handler === undefined ? undefined : handlers[handler]?.target;
  if (handler === undefined || target === undefined) {
    throw new StepFailure(`Task ${definition.name} has no handler that this agent knows (${HANDLERS.join(', ')}).`);
  }
  const values = new Map(inputs.values);
  const connections = new Map<string, PipelineConnection>();
  for (const { name } of connectionInputs(definition.inputs)) {
    const found = connectionNames(inputs.get(name)).map((text) => connectionOf(step, name, text));
    values.set(name, found.map(({ id }) => id).join(','));
    for (const connection of found) {
      connections.set(connection.id, connection);
    }
  }
  if (connections.size > 0 && step.job.request.withholdsConnections) {
    skipWithoutConnection(step);
    return;
  }
  const { request, options } = step.job;
  const { exitCode } = await runUntilDone(step, {
    command: options.nodeFor?.(handler) ?? process.execPath,
    args: [join(folder, target)],
    cwd: step.workingDirectory,
    env: stepEnvironment(step, {
      secrets: true,
      more: {
        ...inputEnvironment(values),
        ...connectionEnvironment([
          ...connections.values(),
          jobConnection(request.collectionUrl, request.jobAccessToken),
        ]),
      },
    }),
  });
  if (exitCode !== 0 && !step.done.signal.aborted) {
    throw new StepFailure(`The process of the task ended with exit code ${exitCode ?? 'none, by a signal'}.`);
  }
  step.result = mergeResults(step.result, 'Succeeded');
}

/** A task that says it is done is not waited for longer than its process has to end by itself. */
const AFTER_DONE_MS = 5_000;

async function runUntilDone(step: StepRun, start: Parameters<typeof runInStep>[1]) {
  const over = new AbortController();
  const stop = async () => {
    const isLate = await step.job.options.clock.sleep(AFTER_DONE_MS, over.signal).then(
      () => true,
      () => false, // its process has ended in time
    );
    if (isLate && !over.signal.aborted) {
      step.debug('The task is done, but its process goes on after 5 seconds: it is ended.');
      step.killing.abort();
    }
  };
  step.done.signal.addEventListener('abort', stop, { once: true });
  try {
    return await runInStep(step, start);
  } finally {
    over.abort();
    step.done.signal.removeEventListener('abort', stop);
  }
}

/** @throws StepFailure when there is no connection of this name */
function connectionOf(step: StepRun, input: string, nameOrId: string): PipelineConnection {
  const connection = jobConnectionOf(step.job, nameOrId);
  if (connection === undefined) {
    throw new StepFailure(
      `Input '${input}' names the service connection '${nameOrId}', which is not known. Describe it in .mlops/connections.yml.`,
    );
  }
  return connection;
}
