/** A task as far as its place among the others is concerned. */
export interface PlacedTask {
  readonly task_key?: string;
  readonly depends_on?: readonly { readonly task_key: string }[];
}

/**
 * Tasks so that each comes after those that it depends on; otherwise in the order given. What depends on itself in a circle, which the
 * service refuses, comes last; names of tasks that are not there count for nothing.
 */
export function inOrder<Task extends PlacedTask>(tasks: readonly Task[]): Task[] {
  const keys = new Set(tasks.map(({ task_key }) => task_key));
  const dependents = new Map<string, number[]>();
  const open = tasks.map(({ task_key, depends_on }, index) => {
    const before = new Set((depends_on ?? []).map((one) => one.task_key).filter((key) => keys.has(key)));
    before.delete(task_key ?? '');
    for (const key of before) {
      dependents.set(key, [...(dependents.get(key) ?? []), index]);
    }
    return before.size;
  });
  const ready = tasks.flatMap((_, index) => (open[index] === 0 ? [index] : []));
  const ordered: Task[] = [];
  const placed = new Set<number>();
  for (let at = 0; at < ready.length; at += 1) {
    const index = ready[at] as number;
    const task = tasks[index] as Task;
    ordered.push(task);
    placed.add(index);
    for (const next of dependents.get(task.task_key ?? '') ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) {
        ready.push(next);
      }
    }
    // Of two tasks of one key, such as attempts, the first one frees those that depend on it.
    dependents.delete(task.task_key ?? '');
  }
  return [...ordered, ...tasks.filter((_, index) => !placed.has(index))];
}

/** Tasks that a line names, at most; the rest is counted. */
const TASKS_NAMED = 40;

/** Tasks in their order, each with those that come directly before it: `a, b (after a)`. */
export function orderText(tasks: readonly PlacedTask[]): string {
  const places = inOrder(tasks).map((task) => {
    const before = keysBefore(task);
    return `${task.task_key ?? ''}${before.length === 0 ? '' : ` (after ${before.join(', ')})`}`;
  });
  const more = places.length > TASKS_NAMED ? `, … and ${places.length - TASKS_NAMED} more` : '';
  return `${places.slice(0, TASKS_NAMED).join(', ')}${more}`;
}

/** Keys of the tasks that come directly before. */
export function keysBefore({ depends_on }: PlacedTask): string[] {
  return (depends_on ?? []).map(({ task_key }) => task_key);
}
