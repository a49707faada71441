import type { BundleJob } from './bundle';
import { jobOfReference, REFERENCE } from './bundle-values';

/** Jobs so that each comes after those whose ids it names; jobs that name each other are a problem. */
export function inOrderOfReference(jobs: readonly BundleJob[], problems: string[]): readonly BundleJob[] {
  const ordered: BundleJob[] = [];
  let waiting = jobs;
  while (waiting.length > 0) {
    const ready = waiting.filter((job) => {
      const named = jobsNamedIn(job);
      return !waiting.some(({ key }) => named.has(key));
    });
    if (ready.length === 0) {
      problems.push(`The jobs ${waiting.map(({ key }) => key).join(', ')} name each other's ids in a circle.`);
      return jobs;
    }
    ordered.push(...ready);
    waiting = waiting.filter((job) => !ready.includes(job));
  }
  return ordered;
}

function jobsNamedIn({ settings }: BundleJob): ReadonlySet<string> {
  const names = [...JSON.stringify(settings).matchAll(REFERENCE)].map(([, name = '']) => jobOfReference(name));
  return new Set(names.filter((name) => name !== undefined));
}

/** Settings with the ids of the jobs that they name. */
export function withJobIds<Value>(value: Value, ids: ReadonlyMap<string, string>): Value {
  const put = (part: unknown): unknown => {
    if (typeof part === 'string') {
      return part.replace(REFERENCE, (reference, name: string) => ids.get(jobOfReference(name) ?? '') ?? reference);
    }
    if (Array.isArray(part)) {
      return part.map(put);
    }
    return typeof part === 'object' && part !== null
      ? Object.fromEntries(Object.entries(part).map(([key, item]) => [key, put(item)]))
      : part;
  };
  return put(value) as Value;
}
