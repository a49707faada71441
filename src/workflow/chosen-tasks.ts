import { TaskError } from '../errors';

/** A task as far as the order of tasks goes. */
export interface OrderedTask {
  readonly task_key: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
}

/**
 * Keys of the tasks that `only` names: a key; with `+` in front also what it depends on, with `+` behind also what depends on it.
 * Source: `only` of `run-now`, Jobs API 2.2.
 * @throws TaskError TASK_UNKNOWN that lists the tasks there are
 */
export function chosenTasks(tasks: readonly OrderedTask[], only: readonly string[], of: string): string[] {
  const before = new Map(tasks.map((task) => [task.task_key, (task.depends_on ?? []).map(({ task_key }) => task_key)]));
  const after = new Map<string, string[]>();
  for (const [key, keys] of before) {
    for (const earlier of keys) {
      after.set(earlier, [...(after.get(earlier) ?? []), key]);
    }
  }
  const chosen = new Set<string>();
  for (const entry of only) {
    const key = entry.replace(/^\+/, '').replace(/\+$/, '');
    if (!before.has(key)) {
      throw new TaskError('TASK_UNKNOWN', `There is no task '${key}' in ${of}.`, {
        where: `Its tasks: ${[...before.keys()].join(', ')}.`,
        todo: "Correct input 'only'.",
      });
    }
    chosen.add(key);
    for (const found of [
      ...(entry.startsWith('+') ? reachable(key, before) : []),
      ...(entry.endsWith('+') ? reachable(key, after) : []),
    ]) {
      chosen.add(found);
    }
  }
  return [...before.keys()].filter((key) => chosen.has(key));
}

function reachable(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([start]);
  for (const key of found) {
    for (const following of next.get(key) ?? []) {
      found.add(following);
    }
  }
  return found;
}
