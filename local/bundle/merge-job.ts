import { type Fields, isFields } from './fields';

/** Lists of a job whose entries are told apart by a key. */
const KEYS: Readonly<Record<string, string>> = {
  tasks: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  parameters: 'name',
};

/** A job with what a target says of it laid over it: maps key by key, lists of named entries by their names, other lists one after the other. */
export function mergeJob(job: Fields, over: Fields): Fields {
  return merged(job, over, KEYS);
}

function merged(base: Fields, over: Fields, keys: Readonly<Record<string, string>>): Fields {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (isFields(before) && isFields(value)) {
      result[name] = merged(before, value, {});
    } else if (Array.isArray(before) && Array.isArray(value)) {
      result[name] = key === undefined ? [...before, ...value] : mergedByKey(before, value, key);
    } else {
      result[name] = value;
    }
  }
  return result;
}

function mergedByKey(base: readonly unknown[], over: readonly unknown[], key: string): readonly unknown[] {
  const result = [...base];
  for (const entry of over) {
    const at = result.findIndex((known) => isFields(known) && isFields(entry) && known[key] === entry[key]);
    const known = result[at];
    if (isFields(known) && isFields(entry)) {
      result[at] = merged(known, entry, {});
    } else {
      result.push(entry);
    }
  }
  return result;
}
