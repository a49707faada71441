import type { TaskDefinition, TaskInput } from '../../src/agent/task-definition';
import { wrapped } from '../terminal/wrap';

/** The texts of `task.json` for people, beside what run time needs. */
export interface DescribedTask extends TaskDefinition {
  readonly description: string;
  readonly inputs: readonly DescribedInput[];
}

interface DescribedInput extends TaskInput {
  readonly required?: boolean;
  readonly helpMarkDown?: string;
}

const NARROWEST = 40;
const INDENT = '      ';

/** Inputs that can be given at a terminal: all but the service connections, which only Azure DevOps has. */
export function terminalInputs(task: TaskDefinition): readonly TaskInput[] {
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
  const inputs = task.inputs.filter((input) => !input.type.startsWith('connectedService:'));
  return [
    `databricks-mlops task ${task.name} --<input> <value> …`,
    '',
    ...wrapped(task.description, Math.max(NARROWEST, columns)),
    '',
    'Inputs',
    ...inputs.flatMap((input) => inputLines(input, columns)),
    '',
    'Options',
    '  --profile NAME   profile of ~/.databrickscfg',
    '  --json           one JSON document with result, message and outputs; everything else goes to standard error',
    '  --debug          the debug log too',
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
    '  0 success, 1 failure, 2 wrong usage, 3 a verdict that failOn names',
    '',
  ].join('\n');
}

function inputLines(input: DescribedInput, columns: number): string[] {
  const { name, required, defaultValue, helpMarkDown = '' } = input;
  const standard = String(defaultValue ?? '');
  const mark = required === true && standard === '' ? ' (required)' : '';
  const preset = standard === '' ? '' : ` [default: ${standard.split('\n').join(', ')}]`;
  return [`  --${name} ${kindOf(input)}${mark}${preset}`, ...indented(shortened(helpMarkDown), columns)];
}

function kindOf({ type, options }: DescribedInput): string {
  if (options !== undefined) {
    return Object.keys(options).join('|');
  }
  return type === 'boolean' ? 'true|false' : type === 'filePath' ? 'PATH' : type === 'multiLine' ? 'LINES' : 'TEXT';
}

/** The first sentence, and the one that says when the input must be given; without the signs of Markdown. */
function shortened(markdown: string): string {
  const sentences = markdown.split(/(?<=\.)\s+(?=[A-Z`*])/);
  const kept = sentences.filter((sentence, index) => index === 0 || /^Required (for|unless) /.test(sentence));
  const parts = kept.join(' ').split('`');
  // A star inside backticks belongs to a pattern.
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('*', '') : part)).join('');
}

function indented(text: string, columns: number, indent: string = INDENT): string[] {
  return wrapped(text, Math.max(NARROWEST, columns - indent.length)).map((line) => `${indent}${line}`);
}
