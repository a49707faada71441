import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process of this machine that cannot be taken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system tells it; compared as text only. */
  readonly started: string;
}

/** The identity of a living process; `undefined` when there is none with this number. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const living = processIdentity(identity.pid);
  return living !== undefined && living.started === identity.started;
}

/** Field 22 of /proc/<pid>/stat (proc(5)): start time in ticks after boot. A zombie counts as dead. */
function startedOnLinux(pid: number): string | undefined {
  const fields = linuxStat(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

/**
 * The fields of /proc/<pid>/stat behind the command's name, so that index 0 is field 3 (state), 1 the parent, 2 the process group.
 * `undefined` when the process is gone.
 */
export function linuxStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (isGone(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether reading /proc failed because the process ended meanwhile. */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}

function startedElsewhere(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if ((error as { status?: unknown }).status === 1) {
      return undefined; // ps ends with 1 when there is no such process
    }
    throw error;
  }
}
