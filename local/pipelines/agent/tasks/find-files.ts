import { readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { minimatch } from 'minimatch';

const OPTIONS = { dot: true, nocomment: true, nonegate: true } as const;

/**
 * Files below a folder that patterns name, in order of their paths. Patterns are read in order: `!` takes out what was matched before,
 * `#` begins a comment, one without a wildcard that names a folder takes nothing. Source: azure-pipelines-task-lib, findMatch and match.
 * @param patterns relative to `folder` or absolute
 * @returns absolute paths
 */
export function findFiles(folder: string, patterns: readonly string[]): string[] {
  const files = filesBelow(folder);
  const chosen = new Set<string>();
  for (const written of patterns) {
    const pattern = written.trim();
    if (pattern === '' || pattern.startsWith('#')) {
      continue;
    }
    const excluded = /^(!+)/.exec(pattern)?.[1]?.length ?? 0;
    const glob = resolvePattern(folder, pattern.slice(excluded));
    const searched = isAbsolute(pattern.slice(excluded)) ? filesBelow(fixedFolder(glob)) : files;
    for (const file of searched.filter((path) => minimatch(path, glob, OPTIONS))) {
      if (excluded % 2 === 1) {
        chosen.delete(file);
      } else {
        chosen.add(file);
      }
    }
  }
  return [...chosen].sort();
}

/** The folder may have signs that mean something in patterns. */
function resolvePattern(folder: string, pattern: string): string {
  return pattern.startsWith('/')
    ? pattern
    : `${folder.replace(/[[\]{}()*?!+@\\]/g, '\\$&')}/${pattern.replace(/^\.\//, '')}`;
}

/** The part of an absolute pattern before its first wildcard. */
function fixedFolder(glob: string): string {
  const parts = glob.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  return resolve('/', ...parts.slice(0, wild < 0 ? parts.length - 1 : wild));
}

function filesBelow(folder: string): string[] {
  return list(folder).map((name) => join(folder, name));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
