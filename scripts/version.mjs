// One version everywhere: `node scripts/version.mjs 1.2.3` sets package.json, the lock file, the manifest, and minor and patch of every task.
// A task's major changes by hand only: it is a promise to everybody who wrote Name@major.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, taskNames } from './project.mjs';

const version = process.argv[2] ?? '';
if (!/^\d+\.\d+\.\d+$/.test(version)) {
  console.error('Usage: node scripts/version.mjs MAJOR.MINOR.PATCH');
  process.exit(2);
}
const [, Minor, Patch] = version.split('.').map(Number);

for (const file of ['package.json', 'vss-extension.json'])
  edit(file, (text) => text.replace(/"version": "[^"]*"/, `"version": "${version}"`));
edit('package-lock.json', (text) => {
  const lock = JSON.parse(text);
  lock.version = version;
  lock.packages[''].version = version;
  return `${JSON.stringify(lock, null, 2)}\n`;
});
for (const name of taskNames()) {
  edit(join('tasks', name, 'task.json'), (text) =>
    text.replace(/("Minor":\s*)\d+/, `$1${Minor}`).replace(/("Patch":\s*)\d+/, `$1${Patch}`),
  );
}

function edit(path, change) {
  const file = join(root, path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
