import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { TaskError } from '../../src/errors';
import { parseYaml } from '../../src/quiet-yaml';
import { type Fields, isFields } from './fields';
import type { Findings } from './findings';

export const MAIN_FILE = 'databricks.yml';

/** One file of a bundle. */
export interface BundleFile {
  /** Path from the bundle's folder, with `/`. */
  readonly name: string;
  readonly contents: Fields;
}

/**
 * `databricks.yml` and what it includes, in this order.
 * @throws TaskError BUNDLE_INVALID when the folder has none or it is no YAML
 */
export function readBundleFiles(folder: string, findings: Findings): readonly [BundleFile, ...BundleFile[]] {
  if (!existsSync(join(folder, MAIN_FILE))) {
    throw new TaskError('BUNDLE_INVALID', `There is no ${MAIN_FILE} in ${folder}.`, {
      todo: 'Name the folder that has one.',
    });
  }
  const own: string[] = [];
  const main = readBundleFile(folder, MAIN_FILE, own);
  if (main === undefined) {
    throw new TaskError('BUNDLE_INVALID', own.join('\n'), { todo: 'Correct it.' });
  }
  const patterns = main.contents.include ?? [];
  if (!Array.isArray(patterns)) {
    findings.problems.push(`${MAIN_FILE}: include is not a list.`);
    return [main];
  }
  const names = patterns.flatMap((pattern) => {
    const found = filesLike(folder, String(pattern));
    if (found.length === 0) {
      findings.problems.push(`${MAIN_FILE} includes ${pattern}, and no file has such a name.`);
    }
    return found;
  });
  const included = [...new Set(names)].filter((name) => name !== MAIN_FILE);
  return [main, ...included.flatMap((name) => readBundleFile(folder, name, findings.problems) ?? [])];
}

function readBundleFile(folder: string, name: string, problems: string[]): BundleFile | undefined {
  try {
    const contents: unknown = parseYaml(readFileSync(join(folder, name), 'utf8'), { merge: true }) ?? {};
    if (isFields(contents)) {
      return { name, contents };
    }
    problems.push(`${name} is not a map.`);
  } catch (error) {
    problems.push(`${name} is no YAML: ${String((error as Error).message).split('\n', 1)[0]}`);
  }
  return undefined;
}

/** Paths of files that fit a pattern with `*` and `?`, neither of which stands for a `/`; in order of name. */
function filesLike(folder: string, pattern: string): readonly string[] {
  let paths: readonly string[] = [''];
  for (const segment of posix.normalize(pattern).split('/')) {
    const fits = segmentPattern(segment);
    paths = paths.flatMap((path) =>
      namesIn(join(folder, path))
        .filter((name) => fits.test(name))
        .map((name) => posix.join(path, name)),
    );
  }
  return paths.filter((path) => statSync(join(folder, path)).isFile());
}

function segmentPattern(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder).sort() : [];
}
