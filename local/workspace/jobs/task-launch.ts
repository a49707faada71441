import path from 'node:path';
import type { Workspace } from '../api';
import { volumesFolder } from '../unity-catalog/volumes';
import { filesFolder } from '../workspace-files/paths';
import { fileInCheckout, notebookInCheckout } from './checkout-files';
import { notebookRequirements } from './notebook-requirements';
import { existingFile, TaskStartError } from './task-files';
import { declaredRequirements } from './task-requirements';
import type { Run, TaskRun, TaskSpec } from './types';

/** What `launch_task.py` reads from `task.json`. */
export interface LaunchFile {
  readonly kind: 'script' | 'notebook' | 'wheel';
  /** Script or notebook on this machine. */
  readonly path?: string;
  readonly package?: string;
  readonly entryPoint?: string;
  readonly arguments: readonly string[];
  readonly widgets: Readonly<Record<string, string>>;
  /** Of the other tasks of the run, by task key. */
  readonly taskValues: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Folders of all workspace files and of all volumes on this machine. */
  readonly filesRoot: string;
  readonly volumesRoot: string;
  /** The folder that a notebook's relative names stay in: that of the workspace files, or a checkout. */
  readonly notebookRoot?: string;
  /** Only cells in SQL may run: the task names a warehouse. */
  readonly onWarehouse?: boolean;
}

export interface Launch {
  readonly file: LaunchFile;
  readonly cwd: string;
  /** pip requirement lines, file paths already of this machine. */
  readonly requirements: readonly string[];
  /** The parameters with their references replaced, as `resolved_values` shows them. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

/** What a launch depends on besides the task. */
interface LaunchParts {
  readonly workspace: Workspace;
  /** The one warehouse. */
  readonly warehouseId: string;
  /** Replaces value references in a text. */
  readonly resolve: (text: string) => string;
  readonly taskValues: LaunchFile['taskValues'];
  /** Folder with the Git sources of the run, when the task takes its file from there. */
  readonly checkout: string | undefined;
}

/**
 * What to start for a task.
 * @throws TaskStartError when a file is missing or a reference cannot be resolved
 */
export async function taskLaunch(parts: LaunchParts, run: Run, task: TaskRun): Promise<Launch> {
  const { spec } = task;
  const { workspace, resolve, checkout } = parts;
  const shared = {
    taskValues: parts.taskValues,
    filesRoot: filesFolder(workspace),
    volumesRoot: volumesFolder(workspace.metastore),
  };
  const requirements = await declaredRequirements(workspace, run, spec);
  if (spec.spark_python_task !== undefined) {
    const name = resolve(spec.spark_python_task.python_file);
    const script =
      checkout === undefined
        ? await existingFile(workspace, name, 'python_file')
        : await fileInCheckout(checkout, name, 'python_file');
    const args = run.overriding.python_params ?? spec.spark_python_task.parameters ?? [];
    const parameters = args.map(resolve);
    const file = { ...shared, kind: 'script' as const, path: script, arguments: parameters, widgets: {} };
    return { file, cwd: path.dirname(script), requirements, resolved: { spark_python_task: { parameters } } };
  }
  if (spec.notebook_task !== undefined) {
    const launched = await notebookLaunch(parts, run, spec.notebook_task);
    return {
      ...launched,
      file: { ...shared, ...launched.file },
      requirements: [...requirements, ...launched.requirements],
    };
  }
  if (spec.python_wheel_task !== undefined) {
    const { package_name: name, entry_point: entryPoint } = spec.python_wheel_task;
    const args = wheelArguments(run, spec.python_wheel_task).map(resolve);
    const file = { ...shared, kind: 'wheel' as const, package: name, entryPoint, arguments: args, widgets: {} };
    return { file, cwd: filesFolder(workspace), requirements, resolved: { python_wheel_task: { parameters: args } } };
  }
  throw new TaskStartError(`Task ${spec.task_key} has no type that the local workspace runs.`);
}

async function notebookLaunch(
  { workspace, warehouseId, resolve, checkout }: LaunchParts,
  run: Run,
  declared: NonNullable<TaskSpec['notebook_task']>,
) {
  const name = resolve(declared.notebook_path);
  const notebook =
    checkout === undefined
      ? await existingFile(workspace, name, 'notebook_path')
      : await notebookInCheckout(checkout, name);
  const warehouse = declared.warehouse_id;
  if (warehouse !== undefined && resolve(warehouse) !== warehouseId) {
    throw new TaskStartError(`SQL warehouse with ID ${warehouse} does not exist; this workspace has ${warehouseId}.`);
  }
  const root = checkout ?? filesFolder(workspace);
  const widgets = mapValues(
    { ...declared.base_parameters, ...jobParameters(run), ...run.overriding.notebook_params },
    resolve,
  );
  const file = {
    kind: 'notebook' as const,
    path: notebook,
    arguments: [],
    widgets,
    notebookRoot: root,
    ...(warehouse === undefined ? {} : { onWarehouse: true }),
  };
  return {
    file,
    cwd: path.dirname(notebook),
    requirements: await notebookRequirements(workspace, notebook, root, name),
    resolved: { notebook_task: { base_parameters: widgets } },
  };
}

/** Positional parameters, or named ones as `--name=value`; job parameters are pushed down to named ones. */
function wheelArguments(run: Run, wheel: NonNullable<TaskSpec['python_wheel_task']>): readonly string[] {
  const positional = run.overriding.python_params ?? wheel.parameters;
  if (positional !== undefined) {
    return positional;
  }
  const named = { ...wheel.named_parameters, ...jobParameters(run), ...run.overriding.python_named_params };
  return Object.entries(named).map(([name, value]) => `--${name}=${value}`);
}

/** Values of the job's parameters by name, as they are pushed down to tasks that take parameters by name. */
export function jobParameters(run: Run): Record<string, string> {
  return Object.fromEntries(run.jobParameters.map(({ name, value }) => [name, value]));
}

function mapValues(values: Readonly<Record<string, string>>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
