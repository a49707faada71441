import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { capture } from './captured-output';
import type { TerminalSize } from './pseudo-terminal';

/** Whether this machine has tmux. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/** A command in a terminal that other people wrote: tmux, with a server of its own that reads nobody's settings. */
export class TmuxTerminal {
  readonly #socket: string;

  private constructor(folder: string) {
    this.#socket = join(folder, 'tmux');
  }

  static async start(command: readonly string[], size: TerminalSize, folder: string): Promise<TmuxTerminal> {
    const terminal = new TmuxTerminal(folder);
    const keep = ['set-option', '-g', 'remain-on-exit', 'on', ';'];
    const place = ['new-session', '-d', '-c', folder, '-x', String(size.columns), '-y', String(size.rows)];
    await terminal.#ask('-f', '/dev/null', 'start-server', ';', ...keep, ...place, ...command);
    return terminal;
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    await this.#ask('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Keys by their names in tmux: `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#ask('send-keys', ...keys);
  }

  /** Lines of the screen and of what has left it at the top, without those that are empty. */
  async lines(): Promise<readonly string[]> {
    const text = await this.#ask('capture-pane', '-p', '-S', '-');
    return text.split('\n').filter((line) => line.trim() !== '');
  }

  /** Looks until it holds, and gives the lines then. */
  async until(holds: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    for (;;) {
      const lines = await this.lines();
      if (holds(lines)) {
        return lines;
      }
    }
  }

  async close(): Promise<void> {
    capture('a command in tmux', (await this.lines()).join('\n'));
    await this.#ask('kill-server');
  }

  async #ask(...words: readonly string[]): Promise<string> {
    const { TMUX: _outer, ...env } = process.env;
    return (await promisify(execFile)('tmux', ['-S', this.#socket, ...words], { env })).stdout;
  }
}
