// Builds dist/tasks/<TaskName>/{main.js,run.js,task.json,icon.png}, dist/cli and dist/meta: esbuild metafiles (budgets, notices, arrows) and
// the stamp `.built`, from which scripts/setup.mjs sees whether a source is newer.
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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

async function buildCli(target) {
  const result = await build({
    ...options,
    entryPoints: {
      'databricks-mlops': 'local/cli.ts',
      demo: 'local/demo/demo.ts',
      'prepare-python': 'local/prepare-python.ts',
    },
    outdir: join(target, 'cli'),
    // Native engines and their binaries stay packages of their own.
    external: ['lmdb', '@duckdb/node-api', '@polyglot-sql/sdk'],
    banner: { js: '#!/usr/bin/env node' },
  });
  writeMeta(target, 'cli', result.metafile);
  console.error('built dist/cli');
}

function writeMeta(target, name, metafile) {
  mkdirSync(join(target, 'meta'), { recursive: true });
  writeFileSync(join(target, 'meta', `${name}.json`), JSON.stringify(metafile));
}

/** Rebuilds the tasks named, in place. */
async function buildOnly(names) {
  for (const name of names) {
    await buildOne(dist, name);
  }
}

/** Builds everything beside the former build and puts it in its place at the end: a build that is interrupted leaves the former one. */
async function buildAll() {
  const begun = new Date();
  const part = `${dist}.part`;
  rmSync(part, { recursive: true, force: true });
  for (const name of taskNames()) {
    await buildOne(part, name);
  }
  await buildCli(part);
  // The stamp bears the time of the beginning: a source that changes during the build is newer than it.
  const stamp = join(part, 'meta', '.built');
  writeFileSync(stamp, '');
  utimesSync(stamp, begun, begun);
  rmSync(dist, { recursive: true, force: true });
  renameSync(part, dist);
}

async function buildOne(target, name) {
  const { main, run } = await buildTask({ root, dist: target, name, options });
  writeMeta(target, name, main);
  writeMeta(target, `${name}.run`, run);
  console.error(`built dist/tasks/${name}`);
}

const names = process.argv.slice(2);
await (names.length === 0 ? buildAll() : buildOnly(names));
