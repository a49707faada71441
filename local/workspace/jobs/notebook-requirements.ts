import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Workspace } from '../api';
import { magicOf, type Notebook, NotebookFailure } from '../notebooks/notebook';
import { NOTEBOOK_EXTENSIONS, readNotebook } from '../notebooks/notebook-file';
import { filesFolder } from '../workspace-files/paths';
import { TaskStartError } from './task-files';
import { requirementOnThisMachine } from './task-requirements';

const QUIET_FLAGS: ReadonlySet<string> = new Set([
  '-q',
  '-qq',
  '--quiet',
  '-U',
  '--upgrade',
  '--no-cache-dir',
  '--disable-pip-version-check',
]);
const REQUIREMENTS_FLAGS: ReadonlySet<string> = new Set(['-r', '--requirement']);

/**
 * pip requirement lines that a notebook, and all that it includes by `%run`, installs by `%pip install`; they are installed before it starts.
 * @param file of the notebook on this machine
 * @param root the folder that its relative names stay in: the workspace files, or a checkout
 * @param name as the task has it
 * @throws TaskStartError when the file is no notebook, or for options of pip that would change what is installed
 */
export async function notebookRequirements(
  workspace: Workspace,
  file: string,
  root: string,
  name: string,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  const requirements: string[] = [];
  const visit = async (at: string, shown: string, notebook: Notebook) => {
    seen.add(at);
    for (const line of pipRequirements(notebook, shown)) {
      requirements.push(...(await requirementOnThisMachine(workspace, line, { folder: path.dirname(at), root })));
    }
    for (const target of includedNotebooks(notebook)) {
      const found = await includedFile(workspace, target, at, root);
      if (found !== undefined && !seen.has(found.at)) {
        await visit(found.at, target, found.notebook);
      }
    }
  };
  await visit(file, name, await taskNotebook(file, name));
  return requirements;
}

async function taskNotebook(file: string, name: string): Promise<Notebook> {
  try {
    return readNotebook(await readFile(file, 'utf8'));
  } catch (error) {
    throw error instanceof NotebookFailure
      ? new TaskStartError(`The notebook_path '${name}' cannot be run. ${error.message}`)
      : error;
  }
}

/**
 * What the cells of one notebook install, in their order; files after `-r` as such a line.
 * @throws TaskStartError with notebook and cell
 */
export function pipRequirements({ cells }: Notebook, name: string): readonly string[] {
  return cells.flatMap((cell, index) => {
    const lines = magicOf(cell) === '%pip' || magicOf(cell) === undefined ? cell.text.split('\n') : [];
    return lines.flatMap((line) => {
      const command = /^\s*%pip\s+(\S+)\s*(.*)$/.exec(line);
      return command?.[1] === 'install' ? requirementsOf(command[2] ?? '', `${name}, cell ${index + 1}`) : [];
    });
  });
}

function requirementsOf(text: string, where: string): readonly string[] {
  const words = text
    .replace(/(^|\s)#.*$/, '')
    .split(/\s+/)
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .filter((word) => word !== '' && !QUIET_FLAGS.has(word));
  return words.flatMap((word, index) => {
    if (REQUIREMENTS_FLAGS.has(words[index - 1] ?? '')) {
      return [`-r ${word}`];
    }
    if (REQUIREMENTS_FLAGS.has(word)) {
      return [];
    }
    if (word.startsWith('-')) {
      throw new TaskStartError(`${where}: the local workspace does not know the option ${word} of %pip install.`);
    }
    return [word];
  });
}

function includedNotebooks({ cells }: Notebook): readonly string[] {
  return cells.flatMap(
    ({ text }) => /^\s*%run\s+(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(text)?.slice(1).find(Boolean) ?? [],
  );
}

/** Undefined for what is missing or no notebook: the cell that includes it says so when it is reached. */
async function includedFile(workspace: Workspace, target: string, beside: string, root: string) {
  const base = target.startsWith('/') ? filesFolder(workspace) : root;
  const full = target.startsWith('/')
    ? path.join(base, target.replace(/^\/Workspace(?=\/)/, ''))
    : path.join(path.dirname(beside), target);
  if (path.relative(base, full).startsWith('..')) {
    return undefined;
  }
  for (const extension of ['', ...NOTEBOOK_EXTENSIONS]) {
    const text = await textIfThere(full + extension);
    if (text !== undefined) {
      return notebookOrUndefined(full + extension, text);
    }
  }
  return undefined;
}

function notebookOrUndefined(at: string, text: string) {
  try {
    return { at, notebook: readNotebook(text) };
  } catch (error) {
    if (error instanceof NotebookFailure) {
      return undefined;
    }
    throw error;
  }
}

async function textIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}
