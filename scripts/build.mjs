// Builds dist/tasks/<TaskName>/{main.js,run.js,task.json,icon.png}, dist/cli and dist/meta (esbuild metafiles: budgets, notices, arrows).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildTask } from './build-task.mjs';
import { root, taskNames } from './project.mjs';

const dist = join(root, 'dist');

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
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

/** Builds everything, or only the tasks named. */
async function buildAll(only = []) {
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

await buildAll(process.argv.slice(2));
