import type { TaskDefinition } from '../../src/agent/task-definition';
import { didYouMean } from '../../src/nearest-name';
import { loadDefinitions, loadTask, TASK_NAMES } from '../tasks';
import { print } from '../terminal/print';
import { CommandError } from './command-error';
import { runAtTerminal } from './run-at-terminal';
import { listOfTasks, taskHelp, terminalInputs } from './task-help';

const OWN_OPTIONS = ['json', 'debug', 'help'] as const;

/** `databricks-mlops task <TaskName> --<input> <value> … [--profile NAME] [--json] [--debug]` (contract 0.15). */
export async function task(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '' || name === '--help') {
    print(listOfTasks(await loadDefinitions(), columns()));
    return name === '' ? 2 : 0;
  }
  const loaded = await loadTask(name);
  if (loaded === undefined) {
    throw new CommandError(
      [`There is no task '${name}'.`, didYouMean(name, TASK_NAMES), `Tasks: ${TASK_NAMES.join(', ')}.`]
        .filter(Boolean)
        .join(' '),
    );
  }
  const options = parseOptions(loaded.definition, rest);
  if (options.flags.has('help')) {
    print(taskHelp(loaded.definition, columns()));
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
    const known = terminalInputs(definition).map((candidate) => candidate.name);
    throw new CommandError(
      [
        `${definition.name} has no input '${name}'.`,
        didYouMean(name, known),
        `At a terminal it has: ${known.join(', ')}.`,
      ]
        .filter(Boolean)
        .join(' '),
    );
  }
  if (input.type.startsWith('connectedService:')) {
    throw new CommandError(
      `There are no service connections at the terminal. Use --profile NAME, or the environment variables DATABRICKS_HOST and DATABRICKS_TOKEN, instead of --${name}.`,
    );
  }
  return input.name;
}

function columns(): number {
  return process.stdout.columns ?? 100;
}
