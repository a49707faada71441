// The files of a new task: it already connects by the shared inputs, sets its outputs and passes every suite.

/** `DatabricksListModels` to `list models`. */
export function wordsOf(name) {
  return name
    .replace(/^Databricks/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** Path to content, below the repository. */
export function taskFiles(name, id, version) {
  return {
    [`tasks/${name}/task.json`]: `${JSON.stringify(taskJson(name, id, version), null, 2)}\n`,
    [`tasks/${name}/main.ts`]: MAIN,
    [`tasks/${name}/inputs.ts`]: inputs(name),
    [`tasks/${name}/run.ts`]: RUN,
    [`tests/unit/tasks/${name}/run.test.ts`]: unitTest(name),
    [`images/src/${name}.svg`]: ICON,
    [`docs/examples/${name}.yml`]: example(name),
  };
}

function taskJson(name, id, [Minor, Patch]) {
  const outputs = [
    { name: 'result', description: '`succeeded`, `failed` or `canceled`' },
    { name: 'workspaceUrl', description: 'Address of the workspace that the connection names' },
  ];
  return {
    id,
    name,
    friendlyName: `Databricks: ${wordsOf(name)}`.slice(0, 40),
    description: `Databricks: ${wordsOf(name)}. Say in one sentence what a user gets from this task.`,
    helpMarkDown: 'Needs a connection to an Azure Databricks workspace.',
    author: 'MLOps for Azure Databricks contributors',
    category: 'Azure Pipelines',
    visibility: ['Build', 'Release'],
    runsOn: ['Agent', 'DeploymentGroup'],
    version: { Major: 1, Minor, Patch },
    minimumAgentVersion: '3.230.2',
    instanceNameFormat: `Databricks: ${wordsOf(name)}`,
    inputs: [
      {
        name: 'databricksConnection',
        aliases: ['connection'],
        type: 'connectedService:databricks-mlops',
        label: 'Azure Databricks connection',
        required: false,
        helpMarkDown:
          'Service connection of type *Azure Databricks (MLOps)*. Give either this, or an Azure subscription together with the workspace URL.',
      },
      {
        name: 'azureSubscription',
        type: 'connectedService:AzureRM',
        label: 'Azure subscription',
        required: false,
        helpMarkDown:
          'Azure Resource Manager connection (workload identity federation, managed identity or service principal) whose identity is a member of the workspace.',
      },
      {
        name: 'workspaceUrl',
        type: 'string',
        label: 'Workspace URL',
        required: false,
        helpMarkDown:
          'Address of the workspace, such as `https://adb-1234567890123456.7.azuredatabricks.net`. Required with an Azure subscription, otherwise empty.',
      },
    ],
    outputVariables: outputs,
    restrictions: { commands: { mode: 'any' }, settableVariables: { allowed: outputs.map((output) => output.name) } },
    execution: { Node20_1: { target: 'main.js' }, Node24: { target: 'main.js' } },
  };
}

const MAIN = `import { startTask } from '../../src/agent/start-task';
import { readInputs } from './inputs';
import task from './task.json';

void startTask(task, readInputs, () => import('./run'));
`;

function inputs(name) {
  return `import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';

/** Checked inputs of ${name}. */
export interface Inputs {
  readonly connection: ConnectionSelection;
}

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  return { connection: readSelection(inputs, inputs.hostKind) };
}
`;
}

const RUN = `import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { Inputs } from './inputs';

/** The story of the task, top to bottom. Requests go through \`connectWorkspace(inputs.connection, context)\` of src/connection. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const { workspaceUrl } = inputs.connection;
  context.outputs.set('workspaceUrl', workspaceUrl);
  return {
    decision: \`The workspace is \${workspaceUrl}.\`,
    summary: '',
    attachment: { kind: 'result', content: { workspaceUrl } },
  };
}
`;

function unitTest(name) {
  return `import assert from 'node:assert/strict';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/${name}/inputs';
import { run } from '../../../../tasks/${name}/run';
import task from '../../../../tasks/${name}/task.json';
import { FakeHost, tokenConnection } from '../../../support/fake-host';

const connection = tokenConnection('https://adb-1.1.azuredatabricks.net/', 'a-token');

describe('${name}', () => {
  it('says which workspace the connection names', async () => {
    const host = new FakeHost({ inputs: { databricksConnection: 'dbx' }, connections: { dbx: connection } });
    assert.equal(await runTask(task, readInputs, run, host), 'Succeeded');
    assert.deepEqual(Object.fromEntries(host.outputs), {
      result: 'succeeded',
      workspaceUrl: 'https://adb-1.1.azuredatabricks.net',
    });
  });

  it('fails without a connection, and sets every output all the same', async () => {
    const host = new FakeHost();
    assert.equal(await runTask(task, readInputs, run, host), 'Failed');
    assert.equal(host.error?.code, 'CONNECTION_REQUIRED');
    assert.deepEqual(Object.fromEntries(host.outputs), { result: 'failed', workspaceUrl: '' });
  });
});
`;
}

/** The tile of the family with a placeholder that no finished task has. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
  <title>To be drawn</title>
  <defs>
    <linearGradient id="tile" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="#16486b"/>
      <stop offset="1" stop-color="#0b2740"/>
    </linearGradient>
  </defs>
  <rect x="0" y="0" width="32" height="32" rx="6" fill="url(#tile)"/>
  <circle cx="16" cy="16" r="9" fill="none" stroke="#ffffff" stroke-width="2" stroke-dasharray="4 3"/>
  <circle cx="16" cy="16" r="3" fill="#ffb938"/>
</svg>
`;

function example(name) {
  return `- task: ${name}@1
  name: step
  inputs:
    databricksConnection: dbx-staging
- script: echo "$(step.workspaceUrl)"
`;
}

/** The contribution of the manifest, as text so that the rest of it keeps its form. */
export function contribution(name) {
  return `    {
      "id": "${wordsOf(name).replaceAll(' ', '-')}-task",
      "type": "ms.vss-distributed-task.task",
      "targets": ["ms.vss-distributed-task.tasks"],
      "description": "Databricks: ${wordsOf(name)}.",
      "properties": { "name": "tasks/${name}" }
    },
`;
}

/** The entry of local/tasks.ts, through which the terminal finds the task. */
export function loader(name) {
  return `  ${name}: async () =>
    parts(
      (await import('../tasks/${name}/task.json')).default,
      (await import('../tasks/${name}/inputs')).readInputs,
      (await import('../tasks/${name}/run')).run,
    ),
`;
}

/** The section of docs/contract.md. */
export function contractSection(name, number) {
  return `
## ${number}. \`${name}@1\`

Outputs: \`result\`, \`workspaceUrl\`.
`;
}
