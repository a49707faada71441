import { neutralLines } from '../../src/agent/neutral-text';

/**
 * Writes what is wrong to standard error. It quotes names and files of others, and a pipeline may run this program, whose agent would take
 * a command in them for one of its own.
 */
export function complain(text: string): void {
  process.stderr.write(`${neutralLines(text).join('\n')}\n`);
}
