// `npm run new-task -- DatabricksVerbNoun`: the folder, tests, icon, example and entries of a task that already runs.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contractSection, contribution, loader, taskFiles, wordsOf } from './new-task/files.mjs';
import { format, readJson, root } from './project.mjs';

const SMALL_TASK_BYTES = 700_000;
const CONNECTION_TYPE = '    {\n      "id": "workspace-endpoint-type"';

const name = process.argv[2] ?? '';
if (!/^Databricks([A-Z][a-z0-9]+){2,}$/.test(name)) stop('Usage: npm run new-task -- DatabricksVerbNoun', 2);
if (existsSync(join(root, 'tasks', name))) stop(`tasks/${name} is there already.`, 1);

const [, minor, patch] = readJson('package.json').version.split('.').map(Number);
for (const [path, content] of Object.entries(taskFiles(name, randomUUID(), [minor, patch]))) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
edit('vss-extension.json', (text) => text.replace(CONNECTION_TYPE, contribution(name) + CONNECTION_TYPE));
edit('scripts/budgets.json', (text) => {
  const budgets = JSON.parse(text);
  budgets.bundleBytes[name] = SMALL_TASK_BYTES;
  return `${JSON.stringify(budgets, null, 2)}\n`;
});
edit('local/tasks.ts', withLoader);
edit('docs/contract.md', (text) => text + contractSection(name, text.match(/^## \d+\./gm).length));
format(`tasks/${name}`, `tests/unit/tasks/${name}`, `docs/examples/${name}.yml`);
for (const script of ['icons.mjs', 'inputs-lock.mjs', 'docs.mjs']) run(process.execPath, [join('scripts', script)]);
console.log(`tasks/${name} (${wordsOf(name)}) runs. What is left to do: CONTRIBUTING.md, "A new task in 30 minutes".`);

/** Entries stand in alphabetical order. */
function withLoader(text) {
  const next = [...text.matchAll(/^ {2}(Databricks\w+): async/gm)].find((entry) => entry[1] > name);
  const at = next?.index ?? text.indexOf('} as const;');
  return text.slice(0, at) + loader(name) + text.slice(at);
}

function edit(path, change) {
  const file = join(root, path);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) stop(`${path} does not look as expected; nothing was changed there.`, 1);
  writeFileSync(file, after);
}

function run(program, args) {
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) stop(`${args.join(' ')} failed.`, 1);
}

function stop(message, code) {
  console.error(message);
  process.exit(code);
}
