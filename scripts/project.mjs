// Where things lie in the repository, and its tasks as they are declared.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A file of the repository as JSON. */
export function readJson(...path) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}

/** Names of the folders below tasks/ that hold a task.json, sorted. */
export function taskNames(from = root) {
  return readdirSync(join(from, 'tasks'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(from, 'tasks', entry.name, 'task.json')))
    .map((entry) => entry.name)
    .sort();
}

/** Every task.json in the order in which the manifest contributes the tasks: the order of a release, and of every table. */
export function declaredTasks() {
  return readJson('vss-extension.json')
    .contributions.filter((contribution) => contribution.type === 'ms.vss-distributed-task.task')
    .map((contribution) => readJson(contribution.properties.name, 'task.json'));
}

/** Files below `folder`, as paths relative to it with forward slashes, sorted. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** Brings written files into the project's form, as `npm run lint` wants it. */
export function format(...paths) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const done = spawnSync(process.execPath, [biome, 'format', '--write', '--log-level=error', ...paths], {
    cwd: root,
    stdio: 'inherit',
  });
  if (done.status !== 0) throw new Error(`Cannot format ${paths.join(', ')}`);
}
