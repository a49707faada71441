import { type Fields, fieldsAt, isFields } from './fields';

/** What `${…}` stands for in a bundle: a tree of values, `var.NAME` a variable. */
export interface BundleValueTree {
  readonly tree: Fields;
  /** Variables that are declared, with or without a value. */
  readonly variables: ReadonlyMap<string, unknown>;
}

/** References that could not be resolved, with the places that use them. */
export type Unresolved = Map<string, string[]>;

/** `${…}` in a text, with what stands between the braces. */
export const REFERENCE = /\$\{([^{}]*)\}/g;
const JOB_ID = /^resources\.jobs\.([^.]+)\.id$/;

/** The key of the job whose id a reference stands for, which is known only once that job is there. */
export function jobOfReference(name: string): string | undefined {
  return JOB_ID.exec(name)?.[1];
}

/** Every `${…}` in every text below `value`. A text that is one reference becomes what it stands for, also a list or a map. */
export function substituted(value: unknown, values: BundleValueTree, where: string, unresolved: Unresolved): unknown {
  return within(value, where, { values, unresolved, open: [] });
}

interface Substitution {
  readonly values: BundleValueTree;
  readonly unresolved: Unresolved;
  /** References whose values are being looked into, against circles. */
  readonly open: readonly string[];
}

function within(value: unknown, where: string, substitution: Substitution): unknown {
  if (typeof value === 'string') {
    return inText(value, where, substitution);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => within(item, `${where}[${index}]`, substitution));
  }
  return isFields(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, within(item, `${where}.${key}`, substitution)]),
      )
    : value;
}

function inText(text: string, where: string, substitution: Substitution): unknown {
  const whole = /^\$\{([^{}]*)\}$/.exec(text)?.[1];
  if (whole !== undefined) {
    return referenced(whole, where, substitution) ?? text;
  }
  return text.replace(REFERENCE, (reference, name: string) => {
    const found = referenced(name, where, substitution);
    if (found !== undefined && typeof found === 'object') {
      noteUnresolved(name, where, substitution.unresolved);
      return reference;
    }
    return found === undefined ? reference : String(found);
  });
}

/** `undefined` for what is not known (yet). */
function referenced(name: string, where: string, { values, unresolved, open }: Substitution): unknown {
  const job = jobOfReference(name);
  if (job !== undefined && Object.hasOwn(fieldsAt(fieldsAt(values.tree, 'resources'), 'jobs'), job)) {
    return undefined;
  }
  const [first, ...rest] = name.split('.');
  const found = first === 'var' ? values.variables.get(rest.join('.')) : valueAt(values.tree, name);
  if (found === undefined || found === null || open.includes(name)) {
    noteUnresolved(name, where, unresolved);
    return undefined;
  }
  return within(found, where, { values, unresolved, open: [...open, name] });
}

function valueAt(tree: Fields, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined), tree);
}

function noteUnresolved(name: string, where: string, unresolved: Unresolved): void {
  unresolved.set(name, [...(unresolved.get(name) ?? []), where]);
}
