import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RunRecord } from '../../local/pipelines/record/run-record';
import { capture, captureFolder } from './captured-output';

const COMMAND = resolve('bin/databricks-mlops.mjs');

/** How a process of the command ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the command that goes on. */
export interface CommandProcess {
  readonly child: ChildProcess;
  readonly end: Promise<CommandEnd>;
  /** Resolves when standard output and error hold the text; throws when the process ends without. */
  shows(text: string): Promise<void>;
}

/** A folder in which somebody works on a pipeline, and `databricks-mlops` as they start it: the built program, in processes of its own. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'command-'));
  readonly #started: ChildProcess[] = [];

  constructor(files: Readonly<Record<string, string>>) {
    for (const [file, text] of Object.entries(files)) {
      this.write(file, text);
    }
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  has(file: string): boolean {
    return existsSync(join(this.path, file));
  }

  start(...args: readonly string[]): CommandProcess {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: this.path,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#started.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const end = once(child, 'close').then(([exitCode]) => {
      capture('the command databricks-mlops', `${stdout}\n${stderr}`);
      return { exitCode: exitCode as number | null, stdout, stderr };
    });
    const shows = async (text: string): Promise<void> => {
      const ended = end.then(() => true);
      while (!`${stdout}${stderr}`.includes(text)) {
        const more = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]).then(() => false);
        if (await Promise.race([ended, more])) {
          throw new Error(`The command ended without '${text}':\n${stdout}\n${stderr}`);
        }
      }
    };
    return { child, end, shows };
  }

  run(...args: readonly string[]): Promise<CommandEnd> {
    return this.start('run', ...args).end;
  }

  record(id: string): RunRecord {
    return JSON.parse(readFileSync(join(this.path, '.mlops/runs', id, 'run.json'), 'utf8')) as RunRecord;
  }

  /** Paths below the folder of the runs whose files hold a text. */
  filesWith(text: string): readonly string[] {
    const base = join(this.path, '.mlops/runs');
    return readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  /** Ends what a failed test left behind; what runs and tasks left to read is held against the declared secrets at the end of the suite. */
  remove(): void {
    for (const child of this.#started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGKILL');
    }
    for (const folder of ['runs', 'tasks']) {
      captureFolder(`folder .mlops/${folder}`, join(this.path, '.mlops', folder));
    }
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}
