import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const RELATIVE_PATH = join('local', 'workspace', 'python', 'constraints.txt');

/**
 * Path of the pins that every environment is resolved under. The file lies at the same place in a clone and in the npm package;
 * it is looked for upwards, because a bundled command line starts from `dist`.
 * @throws Error when the package is incomplete
 */
function constraintsPath(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, RELATIVE_PATH);
    if (existsSync(path)) {
      return path;
    }
    if (dirname(folder) === folder) {
      throw new Error(`${RELATIVE_PATH} is missing above ${from}. Install the package again.`);
    }
  }
}

/** The lines that say something: no blanks, no comments. */
export function requirementLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The pins in `path`, one a line. */
export function readConstraints(path: string = constraintsPath()): string[] {
  return requirementLines(readFileSync(path, 'utf8'));
}
