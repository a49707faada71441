import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isGone, linuxStat } from '../process-identity';

/**
 * The living processes of a task: its process group and whatever else carries `marker` in its environment (Linux) or descends from
 * the group's leader (elsewhere). The marker finds children that left the group and the parent.
 * @param group process group id, that is the pid of its leader; `undefined` when that number may belong to others by now
 * @param marker `NAME=value` that only this task's processes have
 */
export function taskProcesses(group: number | undefined, marker: string): number[] {
  return process.platform === 'linux' ? linuxProcesses(group, marker) : group === undefined ? [] : descendants(group);
}

/** Sends a signal to processes; those that are gone already are fine. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isGone(error)) {
        throw error;
      }
    }
  }
}

function linuxProcesses(group: number | undefined, marker: string): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => {
    const stat = linuxStat(pid);
    return stat !== undefined && stat[0] !== 'Z' && (Number(stat[2]) === group || hasMarker(pid, marker));
  });
}

function hasMarker(pid: number, marker: string): boolean {
  return environment(pid).split('\0').includes(marker);
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isGone(error) || code === 'EACCES' || code === 'EPERM') {
      return 'of another user';
    }
    throw error;
  }
}

function descendants(root: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set<number>();
  for (let grew = true; grew; ) {
    const before = found.size;
    for (const [pid = 0, parent = 0, group = 0] of table) {
      if (pid === root || group === root || found.has(parent)) {
        found.add(pid);
      }
    }
    grew = found.size > before;
  }
  found.delete(0);
  return [...found];
}
