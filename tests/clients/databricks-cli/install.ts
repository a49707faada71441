import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../../local/workspace/python/cache-folder';
import { runCommand } from '../../../local/workspace/python/command';
import { withFolderLock } from '../../../local/workspace/python/folder-lock';
import { systemClock } from '../../../src/clock';

/** Where the program is, or one sentence why this machine cannot have it. */
export type InstalledCli = { readonly program: string } | { readonly missing: string };

/** What the installation reads and writes; everything has a default that suits this machine. */
export interface CliInstallation {
  /** Folder with `go.mod` and `go.sum`; default: this one. */
  readonly module?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly onBuild?: (sentence: string) => void;
}

/**
 * The Databricks CLI of `go.mod`, built once from its pinned sources and then found in the cache folder, by the digest of `go.mod`, `go.sum` and
 * the version of Go. A build that was cut short leaves nothing: the finished program is moved into place.
 * @throws Error where Go is absent or too old although `CI` is set, and when the sources cannot be fetched or built
 */
export async function installedDatabricksCli(given: CliInstallation = {}): Promise<InstalledCli> {
  const env = given.env ?? process.env;
  const module = given.module ?? __dirname;
  const requirements = ['go.mod', 'go.sum'].map((name) => readFileSync(join(module, name), 'utf8'));
  const version = await goVersion(env);
  const reason = whyNot(version, /^go (\S+)$/m.exec(requirements[0] ?? '')?.[1] ?? '');
  if (reason !== undefined) {
    if (env.CI) {
      throw new Error(`${reason} Install it: CI leaves no client out.`);
    }
    return { missing: reason };
  }
  const digest = createHash('sha256')
    .update([...requirements, version ?? '', process.platform, process.arch].join('\0'))
    .digest('hex');
  const parent = join(cacheFolder(env), 'databricks-cli');
  const folder = join(parent, digest.slice(0, 20));
  const program = join(folder, process.platform === 'win32' ? 'databricks.exe' : 'databricks');
  if (!existsSync(program)) {
    await withFolderLock(join(parent, 'lock'), systemClock, async () => {
      // Another process may have been first.
      if (!existsSync(program)) {
        given.onBuild?.(
          'Building the Databricks CLI from its sources, once for this machine: this takes some minutes …',
        );
        await buildInto(folder, basename(program), module, env);
      }
    });
  }
  return { program };
}

async function buildInto(folder: string, name: string, module: string, env: NodeJS.ProcessEnv): Promise<void> {
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    await build(module, join(unfinished, name), env);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function goVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Alone, so that an older Go does not stumble over the requirements of go.mod.
  const answer = await go(['env', 'GOVERSION'], tmpdir(), env);
  return answer?.code === 0 ? answer.output.trim() : undefined;
}

function whyNot(found: string | undefined, least: string): string | undefined {
  if (found === undefined) {
    return `The Databricks CLI is built with Go ${least} or later, and there is none on this machine.`;
  }
  return atLeast(found.replace(/^go/, ''), least)
    ? undefined
    : `The Databricks CLI is built with Go ${least} or later, this machine has ${found}.`;
}

function atLeast(found: string, least: string): boolean {
  const [ours, theirs] = [found, least].map((version) => version.split('.').map((part) => Number.parseInt(part, 10)));
  for (let place = 0; place < 3; place++) {
    const difference = (ours?.[place] ?? 0) - (theirs?.[place] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

async function build(module: string, program: string, env: NodeJS.ProcessEnv): Promise<void> {
  // `readonly` holds go.mod and go.sum: whatever else the proxy of modules hands out is refused.
  const flags = ['-mod=readonly', '-buildvcs=false', '-p=2'];
  const ended = await go(['build', ...flags, '-o', program, 'github.com/databricks/cli'], module, env);
  if (ended?.code !== 0) {
    throw new Error(
      `The Databricks CLI could not be built from the modules that ${join(module, 'go.sum')} names. ` +
        `When they were refused, allow the proxy of Go modules or name another one in GOPROXY.\n${ended?.output.slice(-2_000)}`,
    );
  }
}

/** Everything the command printed, and its exit code; undefined when there is no such command. */
async function go(
  args: readonly string[],
  module: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string } | undefined> {
  try {
    // The Go that is there, never another one that it would fetch; no flags of this machine's own.
    const own = { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '' };
    const { code, lines } = await runCommand('go', ['-C', module, ...args], { env: own });
    return { code, output: lines.join('\n') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
