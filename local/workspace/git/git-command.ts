import { spawn } from 'node:child_process';

/** What git wrote before it ended. */
export interface GitResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Variables by which a process that was started by git would make another git work on its repository. */
const OF_OTHER_REPOSITORY = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** Nobody sits in front of a run: git signs in by what the user has set up (helpers, keys, an agent), and asks nothing. */
const WITHOUT_QUESTIONS = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '', // an empty one keeps git from asking by a window
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
};

/**
 * Settings that the user's own must not change: hooks and `ext::` addresses would run programs, and a server that says nothing for a minute
 * is given up.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'protocol.ext.allow=never',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
  'gc.auto=0',
  'maintenance.auto=false',
];

const MOST_BYTES_KEPT = 64 * 1024;

/**
 * Runs git, without a shell and without a terminal.
 * @param more variables besides those of this process
 * @returns also when git failed
 * @throws Error with code ENOENT when there is no git; the signal's reason when it aborts, and git has been ended
 */
export function runGit(
  args: readonly string[],
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<GitResult> {
  signal.throwIfAborted();
  const own = Object.entries(process.env).filter(([name]) => !OF_OTHER_REPOSITORY.includes(name));
  const child = spawn('git', [...SETTINGS.flatMap((setting) => ['-c', setting]), ...args], {
    env: { ...Object.fromEntries(own), LC_ALL: 'C', ...WITHOUT_QUESTIONS, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // no terminal of ours: SSH cannot ask there either; and helpers of git end with it
  });
  const end = () => {
    if (child.pid === undefined) {
      return;
    }
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error; // it has ended by itself otherwise
      }
    }
  };
  const written = { output: '', errors: '' };
  const keep = (name: 'output' | 'errors') => (text: string) => {
    written[name] = (written[name] + text).slice(-MOST_BYTES_KEPT);
  };
  child.stdout.setEncoding('utf8').on('data', keep('output'));
  child.stderr.setEncoding('utf8').on('data', keep('errors'));
  signal.addEventListener('abort', end, { once: true });
  return new Promise<GitResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (signal.aborted) {
        reject(signal.reason);
      } else {
        resolve({ code: code ?? 1, ...written });
      }
    });
  }).finally(() => signal.removeEventListener('abort', end));
}
