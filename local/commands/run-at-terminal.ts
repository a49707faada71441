import { readdirSync, rmdirSync } from 'node:fs';
import { runTask } from '../../src/agent/run-task';
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
  return { exitCode: succeeded ? 0 : exitCodeOf(failureCode), outputs };
}

/** Codes of inputs that are wrong by themselves, whatever is in the workspace. */
const WRONG_USAGE = new Set(['INPUT_REQUIRED', 'INPUT_INVALID', 'INPUT_NOT_USED', 'EMPTY_INPUT', 'UNEXPANDED_MACRO']);

function exitCodeOf(failureCode: string): number {
  if (failureCode.startsWith(VERDICT)) {
    return 3;
  }
  return WRONG_USAGE.has(failureCode) ? 2 : 1;
}
