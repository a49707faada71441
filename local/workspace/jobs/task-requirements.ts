import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace } from '../api';
import { existingFile, fileBelow, TaskStartError } from './task-files';
import type { Run, TaskSpec } from './types';

/**
 * pip requirement lines of a task's environment and of its libraries, file paths already of this machine.
 * @throws TaskStartError for a library that pip cannot install, or a file that is missing
 */
export async function declaredRequirements(workspace: Workspace, run: Run, spec: TaskSpec): Promise<readonly string[]> {
  const environment = run.settings.environments?.find((known) => known.environment_key === spec.environment_key);
  const lines = [...(environment?.spec?.dependencies ?? []), ...(spec.libraries ?? []).map(libraryRequirement)];
  const expanded = await Promise.all(lines.map((line) => requirementOnThisMachine(workspace, line)));
  return expanded.flat();
}

function libraryRequirement(library: Readonly<Record<string, unknown>>): string {
  const pypi = library.pypi as { package?: unknown } | undefined;
  if (typeof pypi?.package === 'string') {
    return pypi.package;
  }
  if (typeof library.whl === 'string') {
    return library.whl;
  }
  if (typeof library.requirements === 'string') {
    return `-r ${library.requirements}`;
  }
  throw new TaskStartError(`The local workspace cannot install the library ${JSON.stringify(library)}.`);
}

/** Where relative paths of a requirement begin, and the folder that they stay in. */
interface RequirementPlace {
  readonly folder: string;
  readonly root: string;
}

/**
 * A requirement line with paths of this machine; a requirements file becomes its lines.
 * @param place of relative paths (`./a.whl`, `-r requirements.txt`); absent: paths are absolute ones of the workspace or a volume
 * @throws TaskStartError when a file is missing
 */
export async function requirementOnThisMachine(
  workspace: Workspace,
  line: string,
  place?: RequirementPlace,
): Promise<readonly string[]> {
  const text = line.trim();
  const included = /^-r\s*(\S+)$/.exec(text)?.[1];
  if (included !== undefined) {
    const file = await requirementFile(workspace, included, 'requirements', place);
    const inside = place === undefined ? undefined : { ...place, folder: path.dirname(file) };
    const lines = requirementLines(await readFile(file, 'utf8'));
    return (await Promise.all(lines.map((entry) => requirementOnThisMachine(workspace, entry, inside)))).flat();
  }
  const isPath = text.startsWith('/') || (place !== undefined && /^\.{1,2}\//.test(text));
  return [isPath ? await byContents(workspace, await requirementFile(workspace, text, 'dependency', place)) : text];
}

function requirementFile(
  workspace: Workspace,
  name: string,
  what: string,
  place: RequirementPlace | undefined,
): Promise<string> {
  return place === undefined || name.startsWith('/')
    ? existingFile(workspace, name, what)
    : fileBelow(place.root, path.join(place.folder, name), `${what} '${name}'`);
}

function requirementLines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** A copy at a path that names the file's digest: environments are kept by requirement, and a rebuilt wheel must be another one. */
async function byContents(workspace: Workspace, file: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const folder = path.join(workspace.folder, 'wheels', digest);
  await mkdir(folder, { recursive: true });
  const target = path.join(folder, path.basename(file));
  const part = `${target}.${process.pid}.part`;
  await copyFile(file, part);
  await rename(part, target);
  return target;
}
