import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../project.mjs';

const LIMIT = 1.3;

export const title = 'Task starts (median of pairs, beside a bundle of task-lib alone and one of task-lib and axios)';

/** A failing input beside task-lib alone; the first request beside task-lib with axios. */
export async function measure({ line, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-starts-'));
  const rounds = quick ? 31 : 61;
  try {
    const taskLib = await reference(
      folder,
      'task-lib',
      "require('azure-pipelines-task-lib/task').getInputRequired('x');",
    );
    const withAxios = await reference(
      folder,
      'task-lib-axios',
      "const tl = require('azure-pipelines-task-lib/task'); require('axios').get(tl.getEndpointUrl('dbx', false) + '/x').finally(() => process.exit(0));",
    );
    for (const name of readdirSync(join(root, 'dist', 'tasks')).sort()) {
      const bundle = join(root, 'dist', 'tasks', name, 'main.js');
      const failing = await pairs(
        rounds,
        () => toExit(bundle, folder),
        () => toExit(taskLib, folder),
      );
      line(`${name}, a failing input`, failing.ratio, '× task-lib alone', LIMIT, failing.note);
    }
    const bundle = join(root, 'dist', 'tasks', 'DatabricksCheckConnection', 'main.js');
    const first = await pairs(
      rounds,
      () => toFirstRequest(bundle, folder),
      () => toFirstRequest(withAxios, folder),
    );
    line('DatabricksCheckConnection, the first request', first.ratio, '× task-lib with axios', LIMIT, first.note);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function reference(folder, name, code) {
  const outfile = join(folder, `${name}.js`);
  await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    outfile,
  });
  return outfile;
}

/** Median ratio of pairs run in turn, so that the machine's drift falls out. */
async function pairs(rounds, ours, theirs) {
  await ours();
  await theirs();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push([await ours(), await theirs()]);
  }
  const ratio = median(times.map(([a, b]) => a / b));
  return {
    ratio: Number(ratio.toFixed(2)),
    note: `${median(times.map(([a]) => a)).toFixed(0)} ms beside ${median(times.map(([, b]) => b)).toFixed(0)} ms`,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function environment(folder, more = {}) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    AGENT_TEMPDIRECTORY: folder,
    AGENT_VERSION: '4.275.0',
    SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
    VSTS_PUBLIC_VARIABLES: '["Agent.TempDirectory"]',
    ...more,
  };
}

function toExit(bundle, folder) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [bundle], {
      cwd: folder,
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', () => resolve(performance.now() - begun));
  });
}

function toFirstRequest(bundle, folder) {
  return new Promise((resolve, reject) => {
    let arrived;
    const server = createServer((_request, response) => {
      arrived ??= performance.now();
      response.writeHead(200, { 'content-type': 'application/json', 'x-databricks-org-id': '1' });
      response.end('{"id":"1","userName":"a@b.example","active":true}');
    });
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`;
      const begun = performance.now();
      const child = spawn(process.execPath, [bundle], {
        cwd: folder,
        env: environment(folder, {
          INPUT_DATABRICKSCONNECTION: 'dbx',
          INPUT_CHECKS: 'identity',
          INPUT_FAILON: 'error',
          ENDPOINT_URL_dbx: url,
          ENDPOINT_AUTH_dbx: '{"scheme":"Token","parameters":{"apitoken":"bench"}}',
          ENDPOINT_AUTH_SCHEME_dbx: 'Token',
          ENDPOINT_AUTH_PARAMETER_dbx_APITOKEN: 'bench',
        }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.resume();
      child.stderr.resume();
      child.once('error', reject);
      child.once('close', () => {
        server.close();
        arrived === undefined ? reject(new Error(`${bundle} sent no request`)) : resolve(arrived - begun);
      });
    });
  });
}
