import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Folder of this package, in a clone and when installed: where `samples`, `dist/tasks` and `local/workspace/python` lie.
 * @throws Error when this file is not inside the package
 */
export function packageRoot(from: string = __dirname): string {
  const manifest = join(from, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'azure-databricks-mlops') {
    return from;
  }
  if (dirname(from) === from) {
    throw new Error('The folder of the package azure-databricks-mlops was not found above the running program.');
  }
  return packageRoot(dirname(from));
}

/** Version of this package, as its package.json says. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version;
}
