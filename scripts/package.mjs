// dist/<publisher>.<id>-<version>.vsix from dist/tasks: `npm run package [-- --development] [--publisher ID] [--repository URL] [--output DIR] [--update-snapshot]`.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import JSZip from 'jszip';
import { developmentManifest, developmentTask } from './development-variant.mjs';
import { filesBelow, readJson, root } from './project.mjs';

const { values: options } = parseArgs({
  options: {
    development: { type: 'boolean', default: false },
    publisher: { type: 'string' },
    repository: { type: 'string' },
    'update-snapshot': { type: 'boolean', default: false },
    tasks: { type: 'string', default: join(root, 'dist', 'tasks') },
    output: { type: 'string', default: join(root, 'dist') },
  },
});

const budgets = readJson('scripts', 'budgets.json');
const released = readJson('vss-extension.json');
const manifest = withOwner(options.development ? developmentManifest(released) : released);
const folder = resolve(options.output);
const stage = join(folder, 'package');
const vsix = join(folder, `${manifest.publisher}.${manifest.id}-${manifest.version}.vsix`);

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
stageFiles();
createVsix();
checkSizes();
if (options['update-snapshot']) await updateSnapshot();
console.log(`${vsix} (${statSync(vsix).size} bytes)`);

/** The manifest for the publisher who releases it: his id, and links to his repository. */
function withOwner(base) {
  const publisher = options.publisher ?? base.publisher;
  if (options.repository === undefined) return { ...base, publisher };
  const uri = options.repository.replace(/\/$/, '');
  return {
    ...base,
    publisher,
    repository: { type: 'git', uri },
    links: {
      ...base.links,
      home: { uri },
      repository: { uri },
      issues: { uri: `${uri}/issues` },
      support: { uri: `${uri}/issues` },
    },
  };
}

/** Everything that ships, and nothing else, in one folder: what tfx packs is what lies there. */
function stageFiles() {
  writeFileSync(join(stage, 'vss-extension.json'), JSON.stringify(manifest, null, 2));
  cpSync(join(root, 'docs', 'marketplace.md'), join(stage, 'overview.md'));
  cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE.txt'));
  cpSync(join(root, 'THIRD_PARTY_NOTICES'), join(stage, 'THIRD_PARTY_NOTICES.txt'));
  mkdirSync(join(stage, 'images'));
  for (const image of ['extension.png', 'endpoint.png']) {
    cpSync(join(root, 'images', image), join(stage, 'images', image));
  }
  for (const name of contributedTasks()) {
    const built = join(options.tasks, name);
    if (!existsSync(join(built, 'main.js'))) fail(`${join(built, 'main.js')} is missing. Run "npm run build" first.`);
    cpSync(built, join(stage, 'tasks', name), { recursive: true });
    if (options.development) rewriteTask(join(stage, 'tasks', name, 'task.json'));
  }
}

function contributedTasks() {
  return manifest.contributions
    .filter((contribution) => contribution.type === 'ms.vss-distributed-task.task')
    .map((contribution) => basename(contribution.properties.name));
}

function rewriteTask(path) {
  const types = released.contributions
    .filter((contribution) => contribution.type === 'ms.vss-endpoint.service-endpoint-type')
    .map((contribution) => contribution.properties.name);
  writeFileSync(path, JSON.stringify(developmentTask(JSON.parse(readFileSync(path, 'utf8')), types), null, 2));
}

/** tfx answers an invalid task.json with a warning and exit code 0, so any warning fails here. Whether the Marketplace takes what tfx takes: [U]. */
function createVsix() {
  const tfx = join(root, 'node_modules', 'tfx-cli', '_build', 'tfx-cli.js');
  const created = spawnSync(
    process.execPath,
    [tfx, 'extension', 'create', '--no-prompt', '--no-color', '--root', stage, '--output-path', vsix],
    { cwd: stage, encoding: 'utf8' },
  );
  const said = `${created.stdout}${created.stderr}`;
  if (created.status !== 0 || /warning|invalid task json|error:/i.test(said))
    fail(`tfx does not accept the package:\n${said}`);
}

function checkSizes() {
  const size = statSync(vsix).size;
  if (size > budgets.vsixBytes) fail(`The package has ${size} bytes; the budget is ${budgets.vsixBytes}.`);
  for (const name of contributedTasks()) {
    const budget = budgets.bundleBytes[name];
    if (budget === undefined) fail(`scripts/budgets.json names no budget for ${name}.`);
    const scripts = filesBelow(join(stage, 'tasks', name)).filter((file) => file.endsWith('.js'));
    const bytes = scripts.reduce((sum, file) => sum + statSync(join(stage, 'tasks', name, file)).size, 0);
    if (bytes > budget) fail(`The bundle of ${name} has ${bytes} bytes; the budget is ${budget}.`);
  }
}

/** The list of files that tests/package holds the package to. */
async function updateSnapshot() {
  const zip = await JSZip.loadAsync(readFileSync(vsix));
  const files = Object.values(zip.files).filter((file) => !file.dir);
  const names = files.map((file) => file.name).sort();
  writeFileSync(join(root, 'tests', 'package', 'vsix-files.txt'), `${names.join('\n')}\n`);
}

/** Says why, and leaves no package behind that somebody could publish. */
function fail(message) {
  rmSync(vsix, { force: true });
  console.error(message);
  process.exit(1);
}
