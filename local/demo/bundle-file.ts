import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { parse } from 'yaml';
import { TaskError } from '../../src/errors';
import { checkShape, type Shape } from './yaml-shape';

/** A job of a bundle, ready for `POST /api/2.2/jobs/create`. */
export interface BundleJob {
  /** Key below `resources.jobs`. */
  readonly key: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Where a bundle is deployed and with which values. */
export interface BundleValues {
  /** Default: the target with `default: true`. */
  readonly target?: string;
  /** Folder of the workspace that holds the bundle's files, `${workspace.file_path}`. */
  readonly filePath: string;
  /** Win over the target's and the declared defaults. */
  readonly variables: Readonly<Record<string, string>>;
}

const NOTEBOOK: Shape = { keys: { notebook_path: 'scalar', base_parameters: { each: 'scalar' }, source: 'scalar' } };
const SCRIPT: Shape = { keys: { python_file: 'scalar', parameters: { list: 'scalar' }, source: 'scalar' } };
const TASK: Shape = {
  keys: {
    task_key: 'scalar',
    description: 'scalar',
    depends_on: { list: { keys: { task_key: 'scalar', outcome: 'scalar' } } },
    run_if: 'scalar',
    timeout_seconds: 'scalar',
    max_retries: 'scalar',
    environment_key: 'scalar',
    notebook_task: NOTEBOOK,
    spark_python_task: SCRIPT,
  },
};
const JOB: Shape = {
  keys: {
    name: 'scalar',
    description: 'scalar',
    tags: { each: 'scalar' },
    max_concurrent_runs: 'scalar',
    timeout_seconds: 'scalar',
    parameters: { list: { keys: { name: 'scalar', default: 'scalar' } } },
    tasks: { list: TASK },
    environments: {
      list: {
        keys: {
          environment_key: 'scalar',
          spec: { keys: { environment_version: 'scalar', dependencies: { list: 'scalar' } } },
        },
      },
    },
  },
};
const BUNDLE: Shape = {
  keys: {
    bundle: { keys: { name: 'scalar' } },
    include: { list: 'scalar' },
    variables: { each: { keys: { description: 'scalar', default: 'scalar' } } },
    targets: { each: { keys: { mode: 'scalar', default: 'scalar', variables: { each: 'scalar' } } } },
    resources: { keys: { jobs: { each: JOB } } },
  },
};
const INCLUDED: Shape = { keys: { resources: { keys: { jobs: { each: JOB } } } } };

interface BundleText {
  readonly bundle?: { readonly name?: string };
  readonly include?: readonly string[];
  readonly variables?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly targets?: Readonly<
    Record<string, { readonly default?: boolean; readonly variables?: Readonly<Record<string, unknown>> } | null>
  >;
  readonly resources?: { readonly jobs?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/**
 * The jobs of the bundle in `folder`, with variables substituted and paths of files made absolute in the workspace.
 * Reads the part of `databricks.yml` that the samples use (one folder of included files, variables, targets, jobs).
 * @throws TaskError BUNDLE_NOT_SUPPORTED for anything else, by name; BUNDLE_INVALID for a missing value
 */
export function readBundleJobs(folder: string, values: BundleValues): readonly BundleJob[] {
  const main = readYaml(folder, 'databricks.yml', BUNDLE);
  const files = (main.include ?? []).flatMap((pattern) => included(folder, pattern));
  const sources: readonly [file: string, text: BundleText][] = [
    ['databricks.yml', main],
    ...files.map((file) => [file, readYaml(folder, file, INCLUDED)] as [string, BundleText]),
  ];
  const known = knownValues(main, values);
  return sources.flatMap(([file, text]) =>
    Object.entries(text.resources?.jobs ?? {}).map(([key, job]) => {
      const where = `${file}: resources.jobs.${key}`;
      const settings = substituted(job, known, where) as Record<string, unknown>;
      if (typeof settings.name !== 'string') {
        throw invalid(`${where} has no name.`, 'Give the job a name.');
      }
      const tasks = (settings.tasks ?? []) as readonly Record<string, unknown>[];
      const fileFolder = posix.join(values.filePath, posix.dirname(file));
      return {
        key,
        name: settings.name,
        settings: { ...settings, tasks: tasks.map((task) => withPaths(task, fileFolder)) },
      };
    }),
  );
}

/** The bundle's name, part of where its files go. @throws TaskError BUNDLE_INVALID when there is none */
export function bundleName(folder: string): string {
  const name = readYaml(folder, 'databricks.yml', BUNDLE).bundle?.name;
  if (name === undefined) {
    throw invalid('databricks.yml has no bundle.name.', 'Name the bundle.');
  }
  return name;
}

function readYaml(folder: string, file: string, shape: Shape): BundleText {
  const value: unknown = parse(readFileSync(join(folder, file), 'utf8'));
  checkShape(value, shape, `${file}: `);
  return (value ?? {}) as BundleText;
}

/** Files of one folder whose name fits a pattern with at most one `*`, in order of name. */
function included(folder: string, pattern: string): string[] {
  const [before = '', after, more] = basename(pattern).split('*');
  if (dirname(pattern).includes('*') || more !== undefined) {
    throw new TaskError('BUNDLE_NOT_SUPPORTED', `databricks.yml: the include pattern ${pattern} is not known here.`, {
      todo: 'Use one folder and one *, such as resources/*.yml.',
    });
  }
  const fits = (name: string) =>
    after === undefined
      ? name === before
      : name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
  const found = readdirSync(join(folder, dirname(pattern)))
    .filter(fits)
    .sort();
  if (found.length === 0) {
    throw invalid(`databricks.yml includes ${pattern}, and no file has such a name.`, 'Correct the pattern.');
  }
  return found.map((name) => posix.join(dirname(pattern), name));
}

function knownValues(main: BundleText, values: BundleValues): ReadonlyMap<string, string> {
  const target = values.target ?? Object.entries(main.targets ?? {}).find(([, each]) => each?.default === true)?.[0];
  if (target === undefined || !Object.hasOwn(main.targets ?? {}, target)) {
    throw invalid(
      `databricks.yml has no target ${target ?? 'with default: true'}.`,
      `Use one of ${Object.keys(main.targets ?? {}).join(', ')}.`,
    );
  }
  const known = new Map([
    ['bundle.name', main.bundle?.name ?? ''],
    ['bundle.target', target],
    ['workspace.file_path', values.filePath],
  ]);
  const ofTarget = main.targets?.[target]?.variables ?? {};
  for (const name of Object.keys({ ...ofTarget, ...values.variables })) {
    if (!Object.hasOwn(main.variables ?? {}, name)) {
      throw invalid(`databricks.yml declares no variable ${name}.`, 'Declare it below variables.');
    }
  }
  for (const [name, declared] of Object.entries(main.variables ?? {})) {
    const value = values.variables[name] ?? ofTarget[name] ?? declared?.default;
    if (value !== undefined && value !== null) {
      known.set(`var.${name}`, String(value));
    }
  }
  return known;
}

/** Every `${…}` in every text below `value`; job references (`{{…}}`) stay for the Jobs service. */
function substituted(value: unknown, known: ReadonlyMap<string, string>, where: string): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
      const found = known.get(name);
      if (found === undefined) {
        throw invalid(
          `${where} uses ${whole}, which has no value.`,
          'Give the variable a default or a value in the target.',
        );
      }
      return found;
    });
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => substituted(item, known, `${where}[${index}]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substituted(item, known, `${where}.${key}`)]),
    );
  }
  return value;
}

/** Paths of files are relative to the file that names them; a notebook is named without its extension in a workspace. */
function withPaths(task: Readonly<Record<string, unknown>>, fileFolder: string): Record<string, unknown> {
  const absolute = (path: unknown) =>
    /^\.{1,2}\//.test(String(path)) ? posix.join(fileFolder, String(path)) : String(path);
  const {
    spark_python_task: script,
    notebook_task: notebook,
    ...rest
  } = task as Record<string, Record<string, unknown>>;
  return {
    ...rest,
    ...(script === undefined ? {} : { spark_python_task: { ...script, python_file: absolute(script.python_file) } }),
    ...(notebook === undefined
      ? {}
      : {
          notebook_task: {
            ...notebook,
            notebook_path: absolute(notebook.notebook_path).replace(/\.(py|sql|scala|r|ipynb)$/i, ''),
          },
        }),
  };
}

function invalid(what: string, todo: string): TaskError {
  return new TaskError('BUNDLE_INVALID', what, { todo });
}
