import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace } from '../api';
import { volumesFolder } from '../unity-catalog/volumes';
import { filesFolder } from '../workspace-files/paths';
import { pipRequirements } from './notebook-requirements';
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
}

export interface Launch {
  readonly file: LaunchFile;
  readonly cwd: string;
  /** pip requirement lines, file paths already of this machine. */
  readonly requirements: readonly string[];
  /** The parameters with their references replaced, as `resolved_values` shows them. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

/**
 * What to start for a task.
 * @param resolve replaces value references in a text
 * @throws TaskStartError when a file is missing or a reference cannot be resolved
 */
export async function taskLaunch(
  workspace: Workspace,
  run: Run,
  task: TaskRun,
  resolve: (text: string) => string,
  taskValues: LaunchFile['taskValues'],
): Promise<Launch> {
  const { spec } = task;
  const shared = { taskValues, filesRoot: filesFolder(workspace), volumesRoot: volumesFolder(workspace.metastore) };
  const requirements = await declaredRequirements(workspace, run, spec);
  if (spec.spark_python_task !== undefined) {
    const script = await existingFile(workspace, resolve(spec.spark_python_task.python_file), 'python_file');
    const args = run.overriding.python_params ?? spec.spark_python_task.parameters ?? [];
    const parameters = args.map(resolve);
    const file = { ...shared, kind: 'script' as const, path: script, arguments: parameters, widgets: {} };
    return { file, cwd: path.dirname(script), requirements, resolved: { spark_python_task: { parameters } } };
  }
  if (spec.notebook_task !== undefined) {
    const notebook = await existingFile(workspace, resolve(spec.notebook_task.notebook_path), 'notebook_path');
    const ownRequirements = pipRequirements(await readFile(notebook, 'utf8'));
    const widgets = mapValues(
      { ...spec.notebook_task.base_parameters, ...jobParameters(run), ...run.overriding.notebook_params },
      resolve,
    );
    const file = { ...shared, kind: 'notebook' as const, path: notebook, arguments: [], widgets };
    return {
      file,
      cwd: path.dirname(notebook),
      requirements: [...requirements, ...ownRequirements],
      resolved: { notebook_task: { base_parameters: widgets } },
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
