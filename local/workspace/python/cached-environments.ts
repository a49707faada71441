import { createHash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../src/clock';
import { killTree } from '../jobs/process-runner';
import { cacheFolder } from './cache-folder';
import { runCommand } from './command';
import { readConstraints, requirementLines } from './constraints';
import type { PythonEnvironments } from './environment';
import { withFolderLock } from './folder-lock';
import { findPython, type Python } from './interpreter';

/** How far the making of one environment is, for a progress bar. */
export interface EnvironmentProgress {
  readonly phase: 'waiting' | 'creating' | 'downloading' | 'installing' | 'ready';
  /** Packages that pip has fetched (or found in its own cache) so far. */
  readonly packages: number;
  /** The most that there can be: the number of pinned packages. The true number is known only at the end. */
  readonly atMost: number;
  /** What is being fetched now, such as `numpy-2.4.6-cp311-…whl (16.9 MB)`. */
  readonly detail?: string;
}

/** Everything has a default that suits this machine. */
export interface CachedEnvironmentsOptions {
  /** Folder that runs and clones share; see {@link cacheFolder}. */
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Pins of the whole closure, so that a cold installation gives the same packages on another day. */
  readonly constraints?: readonly string[];
  readonly onStep?: (progress: EnvironmentProgress) => void;
}

const LAST_LINES = 12;
/** Variable by which the processes that make an environment are known: its folder. */
const MARKER = 'DATABRICKS_MLOPS_MAKES_ENVIRONMENT';

/**
 * Virtual environments in a cache folder, one for each set of requirements, made once and then used offline by every run and clone.
 * An environment counts only when its `.complete` marker exists; what a killed process left half-made is removed and made again.
 */
export function cachedEnvironments(options: CachedEnvironmentsOptions = {}): PythonEnvironments {
  const env = options.env ?? process.env;
  const root = join(options.folder ?? cacheFolder(env), 'python');
  const clock = options.clock ?? systemClock;
  const constraints = options.constraints ?? readConstraints();
  const onStep = options.onStep ?? (() => {});
  const inThisProcess = new Map<string, Promise<string>>();
  let python: Promise<Python> | undefined;

  return {
    async interpreter(requirements, onProgress = () => {}) {
      python ??= findPython(env).catch((error: unknown) => {
        python = undefined;
        throw error;
      });
      const base = await python;
      const wanted = [...new Set(requirementLines(requirements.join('\n')))].sort();
      const folder = join(root, environmentName(base, wanted, constraints));
      const known = inThisProcess.get(folder);
      if (known !== undefined) {
        return known;
      }
      const made = ensure(folder, base, wanted, onProgress).finally(() => inThisProcess.delete(folder));
      inThisProcess.set(folder, made);
      return made;
    },
  };

  async function ensure(
    folder: string,
    base: Python,
    wanted: readonly string[],
    onProgress: (line: string) => void,
  ): Promise<string> {
    if (!(await isComplete(folder))) {
      await withFolderLock(
        `${folder}.lock`,
        clock,
        async () => {
          if (!(await isComplete(folder))) {
            await make(folder, base, wanted, onProgress);
          }
        },
        (pid) => {
          onStep({ phase: 'waiting', packages: 0, atMost: constraints.length });
          onProgress(`Python environment: process ${pid} is making it, waiting`);
        },
      );
    }
    return interpreterIn(folder);
  }

  async function make(
    folder: string,
    base: Python,
    wanted: readonly string[],
    onProgress: (line: string) => void,
  ): Promise<void> {
    const step = (phase: EnvironmentProgress['phase'], packages: number, detail?: string) =>
      onStep({ phase, packages, atMost: constraints.length, ...(detail === undefined ? {} : { detail }) });
    // A process that was killed here left its pip behind, which would go on writing into the folder.
    await killTree(undefined, markerOf(folder));
    await rm(folder, { recursive: true, force: true });
    await mkdir(root, { recursive: true });
    onProgress(`Python environment: creating one with Python ${base.version} (${wanted.join(', ') || 'no packages'})`);
    step('creating', 0);
    try {
      await create(folder, base, { ...env, [MARKER]: folder });
      const packages = wanted.length === 0 ? 0 : await install(folder, wanted, onProgress, step);
      await writeFile(join(folder, '.complete'), `${wanted.join('\n')}\n`);
      step('ready', packages);
      onProgress(`Python environment: ready (${packages} packages)`);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Installs under the pins; where the requirements themselves contradict a pin, they win and pip resolves freely. */
  async function install(
    folder: string,
    wanted: readonly string[],
    onProgress: (line: string) => void,
    step: (phase: EnvironmentProgress['phase'], packages: number, detail?: string) => void,
  ): Promise<number> {
    const constraintsFile = join(folder, 'constraints.txt');
    const requirementsFile = join(folder, 'requirements.txt');
    await writeFile(constraintsFile, `${constraints.join('\n')}\n`);
    await writeFile(requirementsFile, `${wanted.join('\n')}\n`);
    for (const pinned of [true, false]) {
      let packages = 0;
      const { code, lines } = await runCommand(
        interpreterIn(folder),
        [
          ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'],
          ...['--prefer-binary', '--requirement', requirementsFile],
          ...(pinned ? ['--constraint', constraintsFile] : []),
        ],
        {
          env: { ...env, [MARKER]: folder },
          onLine: (line) => {
            const fetched = /^\s*(?:Downloading|Using cached|Processing) (\S.*)$/.exec(line)?.[1];
            if (fetched !== undefined && !fetched.includes('.metadata')) {
              packages += 1;
              step('downloading', packages, fetched);
              onProgress(`Python environment: ${packages} packages, ${fetched}`);
            } else if (line.startsWith('Installing collected packages')) {
              step('installing', packages);
              onProgress(`Python environment: installing ${packages} packages`);
            }
          },
        },
      );
      if (code === 0) {
        return packages;
      }
      if (!pinned || !lines.some((line) => line.includes('ResolutionImpossible') || line.includes('conflicting'))) {
        throw new Error(
          `pip could not install ${wanted.join(', ')} (exit code ${code}). ${lines.slice(-LAST_LINES).join('\n')}`,
        );
      }
      onProgress('Python environment: the requirements differ from the pinned versions, resolving without the pins');
    }
    throw new Error('unreachable: the second attempt returns or throws');
  }
}

function markerOf(folder: string): string {
  return `${MARKER}=${folder}`;
}

/** One environment per interpreter, requirements and pins. */
function environmentName(base: Python, wanted: readonly string[], constraints: readonly string[]): string {
  const identity = JSON.stringify([base.version, base.platform, wanted, constraints]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 24);
}

function interpreterIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** False too when the Python below it is gone: the interpreter of an environment is a link to it. */
async function isComplete(folder: string): Promise<boolean> {
  for (const path of [join(folder, '.complete'), interpreterIn(folder)]) {
    try {
      await access(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }
  return true;
}

async function create(folder: string, base: Python, env: NodeJS.ProcessEnv): Promise<void> {
  const { code, lines } = await runCommand(base.executable, ['-m', 'venv', folder], { env });
  if (code !== 0) {
    throw new Error(
      `Python ${base.version} (${base.executable}) could not create a virtual environment (exit code ${code}). ` +
        `${lines.slice(-LAST_LINES).join('\n')} ` +
        'On Debian and Ubuntu the package python3-venv is needed; DATABRICKS_MLOPS_PYTHON can name another Python.',
    );
  }
}
