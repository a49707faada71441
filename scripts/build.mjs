// Builds dist/tasks/<TaskName>/{main.js,run.js,task.json,icon.png}, dist/cli and dist/meta (esbuild metafiles: budgets, notices, arrows).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildTask } from './build-task.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  define: { EXTENSION_VERSION: JSON.stringify(version) },
};

async function buildCli() {
  const result = await build({
    ...options,
    entryPoints: {
      'databricks-mlops': 'local/cli.ts',
      demo: 'local/demo/demo.ts',
      'prepare-python': 'local/prepare-python.ts',
    },
    outdir: join(dist, 'cli'),
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
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'tasks', entry.name, 'main.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** Builds everything, or only the tasks named. */
export async function buildAll(only = []) {
  if (only.length === 0) {
    rmSync(dist, { recursive: true, force: true });
  }
  for (const name of only.length === 0 ? taskNames() : only) {
    const { main, run } = await buildTask({ root, dist, name, options });
    writeMeta(name, main);
    writeMeta(`${name}.run`, run);
  }
  if (only.length === 0) {
    await buildCli();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAll(process.argv.slice(2));
}
