import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseJson } from '../../../src/json';
import { installedDatabricksCli } from './install';

export interface CliEnd {
  readonly code: number | null;
  readonly out: string;
  readonly complaints: string;
}

/** The unmodified Databricks CLI with a home folder of its own: nothing of this machine's profiles or caches is seen or changed. */
export class DatabricksCli {
  /** Home and working directory of every command. */
  readonly folder = mkdtempSync(join(tmpdir(), 'databricks-cli-'));

  constructor(
    private readonly program: string,
    /** How the commands sign in; variables of the CLI. */
    readonly signIn: Readonly<Record<string, string>>,
  ) {}

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes a file below the folder and returns its path relative to it. */
  write(path: string, text: string): string {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
    return path;
  }

  /** Runs one command to its end, whatever the end. */
  end(args: readonly string[], signIn: Readonly<Record<string, string>> = this.signIn): Promise<CliEnd> {
    const child = spawn(this.program, args, {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.folder,
        DATABRICKS_CONFIG_FILE: join(this.folder, 'databrickscfg'),
        DATABRICKS_CACHE_DIR: join(this.folder, 'cache'),
        DATABRICKS_CLI_DISABLE_UPDATE_CHECK: 'true',
        DATABRICKS_CLI_DISABLE_TELEMETRY: 'true',
        ...signIn,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out, complaints }));
    });
  }

  /** What a command that must succeed writes to standard output. */
  async text(...args: string[]): Promise<string> {
    const { code, out, complaints } = await this.end(args);
    assert.equal(code, 0, `databricks ${args.join(' ')} ended with ${code}:\n${complaints}`);
    return out;
  }

  /** The same as JSON; ids of 64 bits are text. */
  async json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    return parseJson(await this.text(...args, '--output', 'json')) as T;
  }

  /** What a command that must fail complains of. */
  async refusal(...args: string[]): Promise<string> {
    const { code, out, complaints } = await this.end(args);
    assert.equal(code, 1, `databricks ${args.join(' ')} ended with ${code}:\n${out}${complaints}`);
    return complaints.trim();
  }
}

/** Signs in with the token of a workspace, by the environment. */
export function byToken(workspace: { readonly url: string; readonly token: string }): Record<string, string> {
  return { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token, DATABRICKS_AUTH_TYPE: 'pat' };
}

/** The program; where it cannot be, the tests of the suite are skipped and the reason is printed. */
export async function databricksProgram(suite: Mocha.Context): Promise<string> {
  const cli = await installedDatabricksCli();
  if ('missing' in cli) {
    console.log(`    skipped: ${cli.missing}`);
    return suite.skip();
  }
  return cli.program;
}
