// Builds dist/tasks/<TaskName>/{main.js,task.json,icon.png}, dist/cli and dist/meta (esbuild metafiles: budgets, notices, arrows).
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** form-data asks mime-db (137 KB) for content types of uploads; no task uploads multipart forms. */
const withoutMimeDatabase = {
  name: 'without-mime-database',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^mime-types$/ }, () => ({
      path: 'mime-types',
      namespace: 'without-mime-database',
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'without-mime-database' }, () => ({
      contents: "exports.lookup = () => false; exports.contentType = () => 'application/octet-stream';",
      loader: 'js',
    }));
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
};

async function buildTask(name) {
  const source = join(root, 'tasks', name);
  const target = join(dist, 'tasks', name);
  mkdirSync(target, { recursive: true });
  const result = await build({
    ...shared,
    entryPoints: [join('tasks', name, 'main.ts')],
    outdir: target,
    minify: true,
    keepNames: false,
    plugins: [withoutMimeDatabase],
  });
  writeMeta(name, result.metafile);
  refuseSecondTaskLib(name, result.metafile);
  for (const file of ['task.json', 'icon.png', 'post.js'].filter((file) => existsSync(join(source, file)))) {
    cpSync(join(source, file), join(target, file));
  }
}

/** task-lib keeps its vault in module state: a second copy in one bundle is never loaded and fails at run time. */
function refuseSecondTaskLib(name, metafile) {
  const copies = Object.keys(metafile.inputs).filter((path) => path.endsWith('azure-pipelines-task-lib/internal.js'));
  if (copies.length > 1) {
    throw new Error(`${name} holds ${copies.length} copies of azure-pipelines-task-lib: ${copies.join(', ')}`);
  }
}

async function buildCli() {
  const result = await build({
    ...shared,
    entryPoints: {
      'databricks-mlops': 'local/cli.ts',
      demo: 'local/demo/demo.ts',
      'prepare-python': 'local/prepare-python.ts',
    },
    outdir: join(dist, 'cli'),
    sourcemap: false,
    // Native engines and their binaries stay packages of their own.
    external: ['lmdb', '@duckdb/node-api', '@polyglot-sql/sdk'],
    banner: { js: '#!/usr/bin/env node' },
  });
  writeMeta('cli', result.metafile);
}

function writeMeta(name, metafile) {
  mkdirSync(join(dist, 'meta'), { recursive: true });
  writeFileSync(join(dist, 'meta', `${name}.json`), JSON.stringify(metafile));
}

/** Names of all tasks, in alphabetical order. */
export function taskNames() {
  return readdirSync(join(root, 'tasks'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'tasks', entry.name, 'task.json')))
    .map((entry) => entry.name)
    .sort();
}

/** Builds everything, or only the tasks named on the command line. */
export async function buildAll(only = []) {
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  shared.define = { EXTENSION_VERSION: JSON.stringify(version) };
  if (only.length === 0) {
    rmSync(dist, { recursive: true, force: true });
  }
  for (const name of only.length === 0 ? taskNames() : only) {
    await buildTask(name);
  }
  if (only.length === 0 && existsSync(join(root, 'local', 'cli.ts'))) {
    await buildCli();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAll(process.argv.slice(2));
}
