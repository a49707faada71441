import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cellsOf } from '../../local/terminal/shown-text';
import { capture } from './captured-output';

const HOST = join(__dirname, 'pseudo-terminal.py');
/** Clears what is below: the last thing that a drawing of the live tree writes. */
const DRAWN = '\u001B[J';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command on a terminal of the operating system: it sees a size, gets signals from keys, and its lines end as a terminal ends them. */
export class PseudoTerminal {
  readonly child: ChildProcess;
  readonly end: Promise<number | null>;
  #written = '';

  constructor(command: readonly string[], { columns, rows }: TerminalSize, folder: string) {
    const { NO_COLOR: _plain, ...environment } = process.env;
    this.child = spawn('python3', [HOST, String(columns), String(rows), ...command], {
      cwd: folder,
      env: { ...environment, TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#written += text;
    });
    this.end = once(this.child, 'close').then(([exitCode]) => {
      capture('a command on a terminal', this.#written);
      return exitCode as number | null;
    });
  }

  /** Everything that was written, as it was. */
  get written(): string {
    return this.#written;
  }

  /** Lines of each drawing that is complete, without colours. */
  get drawings(): readonly (readonly string[])[] {
    return this.#written
      .split(DRAWN)
      .slice(0, -1)
      .map((drawing) => stripVTControlCharacters(drawing).split('\r\n').slice(0, -1));
  }

  resize({ columns, rows }: TerminalSize): void {
    this.child.stdin?.write(`size ${columns} ${rows}\n`);
  }

  press(keys: string): void {
    this.child.stdin?.write(`keys ${Buffer.from(keys).toString('hex')}\n`);
  }

  /** Resolves as soon as it holds; throws where the command ends before. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const ended = this.end.then(() => true);
    while (!holds()) {
      const more = once(this.child.stdout as NodeJS.EventEmitter, 'data').then(() => false);
      if (await Promise.race([ended, more])) {
        throw new Error(`The command ended before this held: ${what}\n${JSON.stringify(this.#written)}`);
      }
    }
  }
}

/** Cells of the widest line of a drawing. */
export function widthOf(drawing: readonly string[]): number {
  return Math.max(...drawing.map(cellsOf));
}
