import { type BundleFile, MAIN_FILE } from './bundle-files';
import { type Fields, fieldsAt } from './fields';
import type { Findings } from './findings';
import { mergeJob } from './merge-job';

/** Sections of a bundle and of a target that are read here. */
const READ = ['bundle', 'include', 'variables', 'targets', 'resources'];
const READ_OF_TARGET = ['mode', 'default', 'variables', 'resources'];
/** Sections that the Databricks CLI knows beside them. Source: the schema that `databricks bundle schema` prints. */
const KNOWN = [
  'artifacts',
  'experimental',
  'permissions',
  'presets',
  'python',
  'run_as',
  'scripts',
  'sync',
  'workspace',
];
const KNOWN_OF_TARGET = [...KNOWN, 'bundle', 'git', 'cluster_id', 'compute_id'];

/** The target that a bundle is read for. */
export interface BundleTarget {
  readonly name: string;
  /** What all files say of it, one laid over the other in their order. */
  readonly contents: Fields;
  /** What each file that has it says of it. */
  readonly parts: readonly BundleFile[];
}

/**
 * The target that is named, else the one named like the environment, else the one with `default: true`, else the only one. A bundle without targets has
 * one of the name `default`, as for the Databricks CLI.
 * @returns `undefined` when it cannot be told, which is among the problems then
 */
export function chooseTarget(
  files: readonly BundleFile[],
  wanted: { readonly target?: string; readonly environment?: string },
  findings: Findings,
): BundleTarget | undefined {
  const targets = files
    .map(({ contents }) => fieldsAt(contents, 'targets'))
    .reduce((all, each) => mergeJob(all, each), {});
  const names = Object.keys(targets);
  const { target, environment } = wanted;
  const marked = names.filter((name) => fieldsAt(targets, name).default === true);
  const named =
    target ??
    [environment, marked[0], names.length === 1 ? names[0] : undefined].find((name) =>
      name === undefined ? false : names.includes(name),
    );
  if (named === undefined && names.length === 0) {
    return { name: 'default', contents: {}, parts: [] };
  }
  if (named !== undefined && names.includes(named)) {
    return { name: named, contents: fieldsAt(targets, named), parts: partsOf(files, named) };
  }
  findings.problems.push(
    named === undefined
      ? `${MAIN_FILE} has the targets ${names.join(', ')}, none of them with default: true${environment === undefined ? '' : ` or of the name ${environment}`}. Mark one.`
      : `${MAIN_FILE} has no target ${named}. ${names.length === 0 ? 'It has no targets.' : `It has: ${names.join(', ')}.`}`,
  );
  return undefined;
}

function partsOf(files: readonly BundleFile[], target: string): readonly BundleFile[] {
  return files
    .map(({ name, contents }) => ({ name, targets: fieldsAt(contents, 'targets') }))
    .filter(({ targets }) => Object.hasOwn(targets, target))
    .map(({ name, targets }) => ({ name, contents: fieldsAt(targets, target) }));
}

/** Notes what of the bundle is not read here, and refuses what no bundle has. */
export function sortSections(
  files: readonly BundleFile[],
  target: BundleTarget | undefined,
  { problems, ignored }: Findings,
): void {
  const sort = (where: string, sections: Fields, read: readonly string[], known: readonly string[]): void => {
    for (const section of Object.keys(sections)) {
      if (known.includes(section)) {
        ignored.push(`${where}${section}`);
      } else if (!read.includes(section)) {
        problems.push(`${where}${section} is no part of a bundle. Correct its name.`);
      }
    }
  };
  for (const { name, contents } of files) {
    sort(`${name}: `, contents, READ, KNOWN);
    const kinds = Object.keys(fieldsAt(contents, 'resources')).filter((kind) => kind !== 'jobs');
    ignored.push(...kinds.map((kind) => `${name}: resources.${kind}`));
  }
  for (const { name, contents } of target?.parts ?? []) {
    sort(`${name}: targets.${target?.name}.`, contents, READ_OF_TARGET, KNOWN_OF_TARGET);
  }
}
