import { readdirSync, rmdirSync } from 'node:fs';
import { parseList } from '../../src/agent/input-text';
import { runTask } from '../../src/agent/run-task';
import type { TaskDefinition } from '../../src/agent/task-definition';
import { createTerminalFolder, createTerminalHost } from '../../src/agent/terminal-host';
import type { LoadedTask } from '../tasks';

/** How a task ended at the terminal. */
export interface TerminalResult {
  /** 0 success, 1 failure, 2 wrong usage, 3 a verdict that `failOn` names. */
  readonly exitCode: number;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Codes of failures that are verdicts begin so. */
const VERDICT = 'VERDICT_';

/**
 * Runs a task in this process, with this terminal as its host.
 * @param flags `json`: one JSON document on standard output; `debug`: the debug log too
 */
export async function runAtTerminal(
  { definition, readInputs, run }: LoadedTask,
  inputs: ReadonlyMap<string, string>,
  flags: ReadonlySet<string>,
): Promise<TerminalResult> {
  const outputs = new Map<string, string>();
  let failureCode = '';
  const json = flags.has('json');
  const folder = createTerminalFolder(process.cwd(), definition.name, Date.now());
  const terminal = createTerminalHost({
    inputs,
    folder,
    json,
    color: !json && process.stdout.isTTY === true && !process.env['NO_COLOR'],
    debug: flags.has('debug'),
  });
  const host = {
    ...terminal,
    issue: (type: 'error' | 'warning', message: string, code?: string) => {
      failureCode = type === 'error' ? (code ?? '') : failureCode;
      terminal.issue(type, message, code);
    },
    setOutput: (name: string, value: string) => {
      outputs.set(name, value);
      terminal.setOutput(name, value);
    },
  };
  const result = await runTask(definition, readInputs, run, host);
  if (readdirSync(folder).length === 0) {
    rmdirSync(folder);
  }
  const succeeded = result === 'Succeeded' || result === 'SucceededWithIssues';
  if (succeeded) {
    return { exitCode: 0, outputs };
  }
  // An evaluation that something stopped has the verdict ERROR too, and fails with the code of what stopped it.
  const isError = result === 'Failed' && outputs.get('verdict') === 'ERROR';
  const exitCode = exitCodeOf(failureCode, isError && failsOn('ERROR', definition, inputs));
  return { exitCode, outputs };
}

/** Codes of inputs that are wrong by themselves, whatever is in the workspace. */
const WRONG_USAGE = new Set(['INPUT_REQUIRED', 'INPUT_INVALID', 'INPUT_NOT_USED', 'EMPTY_INPUT', 'UNEXPANDED_MACRO']);

function exitCodeOf(failureCode: string, isVerdict: boolean): number {
  if (WRONG_USAGE.has(failureCode)) {
    return 2;
  }
  return isVerdict || failureCode.startsWith(VERDICT) ? 3 : 1;
}

/** Whether the task's input `failOn`, as given or by default, names the verdict. */
function failsOn(verdict: string, { inputs }: TaskDefinition, given: ReadonlyMap<string, string>): boolean {
  const byDefault = inputs.find(({ name }) => name === 'failOn')?.defaultValue ?? '';
  return parseList(given.get('failOn') ?? String(byDefault)).some((word) => word.toUpperCase() === verdict);
}
