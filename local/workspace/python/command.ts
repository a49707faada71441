import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a command ended: its exit code (`null` when a signal ended it) and everything it printed, line by line in order of arrival. */
export interface CommandResult {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/**
 * Runs a program to its end without a shell, standard output and standard error as one sequence of lines.
 * @param onLine called for each line as it arrives
 * @throws Error of Node (`ENOENT`, `EACCES`) when the program cannot be started
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: options.env ?? process.env });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        lines.push(line);
        options.onLine?.(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, lines }));
  });
}
