import type { TaskDefinition, TaskInput } from '../../src/agent/task-definition';
import { wrapped } from '../terminal/wrap';
import { type DescribedInput, inputLines } from './input-help';

/** The texts of `task.json` for people, beside what run time needs. */
export interface DescribedTask extends TaskDefinition {
  readonly description: string;
  readonly inputs: readonly DescribedInput[];
  readonly groups?: readonly { readonly name: string; readonly displayName: string }[];
}

const NARROWEST = 40;
const INDENT = '      ';

/** Inputs that can be given at a terminal: all but the service connections, which only Azure DevOps has. */
export function terminalInputs<Input extends TaskInput>(task: { readonly inputs: readonly Input[] }): readonly Input[] {
  return task.inputs.filter((input) => !input.type.startsWith('connectedService:'));
}

/** What `task --help` prints: the tasks and what each does. @param columns width of the terminal in characters */
export function listOfTasks(tasks: readonly DescribedTask[], columns: number): string {
  const blocks = tasks.map(({ name, description }) => [`  ${name}`, ...indented(description, columns)].join('\n'));
  return [
    'databricks-mlops task <TaskName> --<input> <value> …',
    '',
    blocks.join('\n'),
    '',
    'databricks-mlops task <TaskName> --help names the inputs of one.',
    '',
  ].join('\n');
}

/** What `task <TaskName> --help` prints, from the task's `task.json`. @param columns width of the terminal in characters */
export function taskHelp(task: DescribedTask, columns: number): string {
  const width = Math.max(NARROWEST, columns);
  return [
    `databricks-mlops task ${task.name} --<input> <value> …`,
    '',
    ...wrapped(task.description, width),
    '',
    ...wrapped('TEXT and PATH are one line; LINES may be several, in quotes.', width),
    '',
    ...groupsOf(task).flatMap(({ title, inputs }) => [
      title,
      ...inputs.flatMap((input) => inputLines(input, task.inputs, width)),
      '',
    ]),
    'Options',
    ...row('--profile NAME', 'profile of ~/.databrickscfg', width),
    ...row(
      '--json',
      'one JSON document with result, message and outputs; everything else goes to standard error',
      width,
    ),
    ...row('--debug', 'the debug log too', width),
    '',
    'Credentials',
    ...indented(
      '--profile NAME; without it DATABRICKS_HOST and DATABRICKS_TOKEN; without a token, the sign-in of az login.',
      columns,
      '  ',
    ),
    '',
    'Files',
    ...indented(
      `.mlops/tasks/<time>-${task.name} below the working folder, one folder a run: summary, results and, of an evaluation, the report. Outputs that end in Path name them.`,
      columns,
      '  ',
    ),
    '',
    'Exit code',
    ...indented('0 success, 1 failure, 2 wrong usage, 3 a verdict that failOn names', columns, '  '),
    '',
  ].join('\n');
}

interface InputGroup {
  readonly title: string;
  readonly inputs: readonly DescribedInput[];
}

/** Inputs under the headings of the editor, those without one first. The connections' own group has one input here, without them. */
function groupsOf(task: DescribedTask): InputGroup[] {
  const inputs = terminalInputs(task);
  const declared = task.groups ?? [];
  const isGrouped = ({ name, groupName }: DescribedInput) =>
    name !== 'workspaceUrl' && declared.some((group) => group.name === groupName);
  return [
    { title: 'Inputs', inputs: inputs.filter((input) => !isGrouped(input)) },
    ...declared.map(({ name, displayName }) => ({
      title: displayName,
      inputs: inputs.filter((input) => isGrouped(input) && input.groupName === name),
    })),
  ].filter((group) => group.inputs.length > 0);
}

function row(name: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrapped(text, Math.max(NARROWEST, width) - 19);
  return [`  ${name.padEnd(17)}${first}`, ...rest.map((line) => `${' '.repeat(19)}${line}`)];
}

function indented(text: string, columns: number, indent: string = INDENT): string[] {
  return wrapped(text, Math.max(NARROWEST, columns) - indent.length).map((line) => `${indent}${line}`);
}
