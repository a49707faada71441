import { TaskError } from '../../src/errors';

/** What a YAML value may be: text, number or boolean; a list; a map with these keys; or a map with any keys. */
export type Shape =
  | 'scalar'
  | { readonly list: Shape }
  | { readonly keys: Readonly<Record<string, Shape>> }
  | { readonly each: Shape };

/**
 * Holds that a value has a shape.
 * @param where path shown in the error, such as `resources/train.job.yml: resources.jobs.train`
 * @throws TaskError BUNDLE_NOT_SUPPORTED that names the first key or value that is not known here
 */
export function checkShape(value: unknown, shape: Shape, where: string): void {
  if (value === undefined || value === null) {
    return;
  }
  if (shape === 'scalar') {
    if (typeof value === 'object') {
      throw unknown(where, 'is not a single value');
    }
    return;
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) {
      throw unknown(where, 'is not a list');
    }
    value.forEach((item, index) => {
      checkShape(item, shape.list, `${where}[${index}]`);
    });
    return;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw unknown(where, 'is not a map');
  }
  for (const [key, item] of Object.entries(value)) {
    const inner = 'each' in shape ? shape.each : Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    const place = where.endsWith(': ') ? `${where}${key}` : `${where}.${key}`;
    if (inner === undefined) {
      throw unknown(place, 'is not known here');
    }
    checkShape(item, inner, place);
  }
}

function unknown(where: string, what: string): TaskError {
  return new TaskError('BUNDLE_NOT_SUPPORTED', `${where} ${what}.`, {
    todo: 'Remove it, or deploy this bundle with the Databricks CLI.',
  });
}
