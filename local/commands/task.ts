import type { TaskDefinition } from '../../src/agent/task-definition';
import { loadTask, TASK_NAMES } from '../tasks';
import { CommandError } from './command-error';
import { runAtTerminal } from './run-at-terminal';

const OWN_OPTIONS = ['json', 'debug', 'help'] as const;

/** `databricks-mlops task <TaskName> --<input> <value> … [--profile NAME] [--json] [--debug]` (contract 0.15). */
export async function task(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '' || name === '--help') {
    process.stdout.write(`databricks-mlops task <TaskName> --<input> <value> …\n\nTasks: ${TASK_NAMES.join(', ')}\n`);
    return name === '' ? 2 : 0;
  }
  const loaded = await loadTask(name);
  if (loaded === undefined) {
    throw new CommandError(`There is no task '${name}'. Tasks: ${TASK_NAMES.join(', ')}.`);
  }
  const options = parseOptions(loaded.definition, rest);
  if (options.flags.has('help')) {
    process.stdout.write(usageOf(loaded.definition));
    return 0;
  }
  if (options.profile !== undefined) {
    process.env['DATABRICKS_CONFIG_PROFILE'] = options.profile;
  }
  const { exitCode } = await runAtTerminal(loaded, options.inputs, options.flags);
  return exitCode;
}

interface ParsedOptions {
  readonly inputs: Map<string, string>;
  readonly flags: Set<string>;
  readonly profile: string | undefined;
}

/** `--name value` or `--name=value`; a name is an input of the task, an alias of one, or an option of the command. */
function parseOptions(definition: TaskDefinition, args: readonly string[]): ParsedOptions {
  const inputs = new Map<string, string>();
  const flags = new Set<string>();
  let profile: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const [, name = '', inline] = /^--([A-Za-z][A-Za-z0-9]*)(?:=([\s\S]*))?$/.exec(args[index] ?? '') ?? [];
    if (name === '') {
      throw new CommandError(`'${args[index]}' is no option. Options are written --name value.`);
    }
    if (OWN_OPTIONS.some((option) => option === name) && inline === undefined) {
      flags.add(name);
      continue;
    }
    const value = inline ?? args[++index];
    if (value === undefined) {
      throw new CommandError(`Option --${name} wants a value.`);
    }
    if (name === 'profile') {
      profile = value;
    } else {
      inputs.set(inputNameOf(definition, name), value);
    }
  }
  return { inputs, flags, profile };
}

function inputNameOf(definition: TaskDefinition, name: string): string {
  const input = definition.inputs.find((candidate) => candidate.name === name || candidate.aliases?.includes(name));
  if (input === undefined) {
    const known = definition.inputs.map((candidate) => candidate.name).join(', ');
    throw new CommandError(`${definition.name} has no input '${name}'. It has: ${known}.`);
  }
  if (input.type.startsWith('connectedService:')) {
    throw new CommandError(
      `There are no service connections at the terminal. Use --profile NAME, or the environment variables DATABRICKS_HOST and DATABRICKS_TOKEN, instead of --${name}.`,
    );
  }
  return input.name;
}

function usageOf(definition: TaskDefinition): string {
  const inputs = definition.inputs.filter((input) => !input.type.startsWith('connectedService:'));
  const lines = inputs.map((input) => {
    const standard =
      input.defaultValue === undefined || input.defaultValue === '' ? '' : `  (${String(input.defaultValue)})`;
    return `  --${input.name}${standard}`;
  });
  return `databricks-mlops task ${definition.name}\n\n${lines.join('\n')}\n\n  --profile NAME  --json  --debug\n`;
}
