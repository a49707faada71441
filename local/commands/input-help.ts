import type { TaskInput } from '../../src/agent/task-definition';
import { wrapped } from '../terminal/wrap';

/** An input of `task.json` with its texts for people. */
export interface DescribedInput extends TaskInput {
  readonly label?: string;
  readonly required?: boolean;
  readonly helpMarkDown?: string;
  readonly groupName?: string;
  readonly visibleRule?: string;
}

const INDENT = '      ';

/** What is another thing at a terminal than in a pipeline. */
const AT_TERMINAL: Readonly<Record<string, string>> = {
  workspaceUrl:
    'Address of the workspace, for the sign-in of az login. Otherwise the profile, or DATABRICKS_HOST, names it.',
};

/**
 * An input in the help of its task: name, kind, default and actions, then all of its help.
 * @param all the inputs of the task, which help may name by their labels
 * @param width columns of the terminal
 */
export function inputLines(input: DescribedInput, all: readonly DescribedInput[], width: number): string[] {
  const help = AT_TERMINAL[input.name] ?? plainText(input.helpMarkDown ?? '', all);
  return [...heading(input, width), ...indented(help, width), ...optionLines(input, width)];
}

/** What does not fit beside the name begins the lines below. */
function heading(input: DescribedInput, width: number): string[] {
  const notes = notesOf(input);
  const first = `  --${input.name} ${kindOf(input)}`;
  const whole = [first, ...notes].join(' ');
  if (whole.length <= width) {
    return [whole];
  }
  const kind = first.length <= width ? [first] : [`  --${input.name}`, ...indented(choices(input).join(' | '), width)];
  return [...kind, ...(notes.length === 0 ? [] : indented(notes.join(' '), width))];
}

function notesOf({ required, defaultValue, visibleRule = '' }: DescribedInput): string[] {
  const standard = String(defaultValue ?? '').replaceAll('\n', ',');
  const actions = [...visibleRule.matchAll(/\baction = (\w+)/g)].map(([, action]) => action);
  return [
    ...(required === true && standard === '' ? ['(required)'] : []),
    ...(standard === '' ? [] : [`[default: ${standard}]`]),
    ...(actions.length === 0 ? [] : [`(with action ${oneOf(actions)})`]),
  ];
}

/** `run`, `run or repair`, `run, submit or repair` */
function oneOf(words: readonly (string | undefined)[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function kindOf(input: DescribedInput): string {
  if (input.options !== undefined) {
    return choices(input).join('|');
  }
  const { type } = input;
  return type === 'boolean' ? 'true|false' : type === 'filePath' ? 'PATH' : type === 'multiLine' ? 'LINES' : 'TEXT';
}

function choices({ options = {} }: DescribedInput): string[] {
  return Object.keys(options);
}

/** What each value means, where neither the help nor the value itself says it. */
function optionLines({ options = {}, helpMarkDown = '' }: DescribedInput, width: number): string[] {
  const entries = Object.entries(options);
  const longest = Math.max(0, ...entries.map(([value]) => value.length));
  if (entries.every(([value, label]) => helpMarkDown.includes(`\`${value}\``) || sameWords(value, label))) {
    return [];
  }
  return entries.flatMap(([value, label]) => {
    const [first = '', ...rest] = wrapped(label, width - INDENT.length - longest - 2);
    const below = rest.map((line) => `${INDENT}${' '.repeat(longest + 2)}${line}`);
    return [`${INDENT}${value.padEnd(longest)}  ${first}`, ...below];
  });
}

/** `GPU_SMALL` and `GPU, small` say the same. */
function sameWords(value: string, label: string): boolean {
  const words = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  return words(value) === words(label);
}

/** Without the signs of Markdown. What stands between stars may be the label of an input, which a terminal knows by its name. */
function plainText(markdown: string, all: readonly DescribedInput[]): string {
  const named = (text: string) => {
    const input = all.find(({ label }) => label === text);
    return input === undefined ? text : `--${input.name}`;
  };
  const parts = markdown.split('`');
  // A star inside backticks belongs to a pattern.
  return parts
    .map((part, index) => (index % 2 === 0 ? part.replace(/\*([^*]+)\*/g, (_, text: string) => named(text)) : part))
    .join('');
}

function indented(text: string, width: number): string[] {
  return wrapped(text, width - INDENT.length).map((line) => `${INDENT}${line}`);
}
