import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineConnection, StepRequest } from '../../local/pipelines/task-environment';
import { capture, mustNotAppear } from './captured-output';
import { type StepOptions, type StepProcess, type StepResult, startStep } from './task-process';

const ROOT = join(__dirname, '..', '..');

/** Node.js binaries by which bundles are started: those of the agent's handlers where they are installed, else the one of this process. */
export const HANDLERS: readonly { readonly name: string; readonly node: string }[] = handlers();

function handlers(): { name: string; node: string }[] {
  const installed = ['20', '24']
    .map((major) => ({
      name: `Node ${major}`,
      node: join(ROOT, 'tests', 'node-handlers', 'node_modules', `node-${major}`, 'bin', 'node'),
    }))
    .filter(({ node }) => existsSync(node));
  return installed.length > 0 ? installed : [{ name: `Node ${process.versions.node}`, node: process.execPath }];
}

/** Authorization parameters that say who signs in; they are no secrets. */
const NAMES_OF_IDENTITIES = new Set(['username', 'tenantid', 'serviceprincipalid', 'authenticationtype']);

/** A step of a test: what differs from an ordinary one. */
export interface TestStep extends Partial<StepRequest>, Pick<StepOptions, 'phase' | 'onCommand'> {
  readonly node?: string | undefined;
}

/** Starts a built bundle as the agent does. What it shows is held against the declared secrets at the end of the run. */
export function startAgentStep(task: string, step: TestStep): StepProcess {
  const temporaryDirectory = step.temporaryDirectory ?? mkdtempSync(join(tmpdir(), 'agent-'));
  const request: StepRequest = {
    inputs: {},
    connections: [],
    workingDirectory: temporaryDirectory,
    ...step,
    temporaryDirectory,
    variables: { 'System.HostType': 'build', 'System.TaskInstanceName': 'step', ...step.variables },
  };
  for (const [name, value] of request.connections.flatMap(({ parameters }) => Object.entries(parameters))) {
    if (!NAMES_OF_IDENTITIES.has(name.toLowerCase())) {
      mustNotAppear(value);
    }
  }
  const { node, phase, onCommand } = step;
  const process = startStep(join(ROOT, 'dist', 'tasks', task), request, {
    ...(node === undefined ? {} : { node }),
    ...(phase === undefined ? {} : { phase }),
    ...(onCommand === undefined ? {} : { onCommand }),
  });
  const result = process.result.then((ended) => {
    captureStep(task, ended, temporaryDirectory);
    return ended;
  });
  return { ...process, result };
}

/** As {@link startAgentStep}, to its end. */
export function agentStep(task: string, step: TestStep): Promise<StepResult> {
  return startAgentStep(task, step).result;
}

/** A connection of the token scheme. */
export function tokenScheme(url: string, token: string): PipelineConnection {
  return { id: 'dbx', url, scheme: 'Token', parameters: { apitoken: token } };
}

/** What a person could read of a step: its output without the commands by which secrets are masked, and every file it wrote. */
function captureStep(task: string, { output }: StepResult, folder: string): void {
  const shown = output.split('\n').filter((line) => !line.startsWith('##vso[task.setsecret]'));
  capture(task, shown.join('\n'));
  const written = join(folder, 'databricks-mlops');
  if (existsSync(written)) {
    for (const entry of readdirSync(written, { recursive: true, withFileTypes: true }).filter((found) =>
      found.isFile(),
    )) {
      capture(`${task} ${entry.name}`, readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    }
  }
}
