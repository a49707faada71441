import { type Fields, objectList } from '../fields';
import type { JobSettings } from './types';

/** Arrays whose entries are replaced one by one, with the field that names an entry. */
const MERGED_BY: Readonly<Record<string, string>> = { tasks: 'task_key', job_clusters: 'job_cluster_key' };

/**
 * `jobs/update` (databricks-api 3.1): a given field replaces the former one as a whole, but tasks and job clusters are merged by key.
 * @param remove field names, or `tasks/<key>`
 */
export function updatedSettings(former: JobSettings, given: Fields, remove: readonly string[]): Fields {
  const merged: Record<string, unknown> = { ...former };
  for (const path of remove) {
    removeField(merged, path);
  }
  for (const [name, value] of Object.entries(given)) {
    const key = MERGED_BY[name];
    merged[name] = key === undefined ? value : mergedByKey(objectList(merged, name), objectList(given, name), key);
  }
  return merged;
}

function removeField(settings: Record<string, unknown>, path: string): void {
  const [name = '', entry] = path.split('/');
  const key = MERGED_BY[name];
  if (entry === undefined || key === undefined) {
    delete settings[name];
    return;
  }
  settings[name] = objectList(settings, name).filter((item) => item[key] !== entry);
}

function mergedByKey(former: readonly Fields[], given: readonly Fields[], key: string): readonly Fields[] {
  const replaced = former.map((item) => given.find((candidate) => candidate[key] === item[key]) ?? item);
  const added = given.filter((item) => !former.some((candidate) => candidate[key] === item[key]));
  return [...replaced, ...added];
}
