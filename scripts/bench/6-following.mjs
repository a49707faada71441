import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleSources } from '../bundle-sources.mjs';
import { root } from '../project.mjs';

const TASKS = 1_000;
/** Looks at which the run of many tasks still appears active. */
const ACTIVE_LOOKS = 15;
const MOST_MEGABYTES = 150;
/** Milliseconds that one look takes in the simulation. */
const LOOK_MS = 120;
/** Lengths of runs in seconds, and the most looks beside the SDK's waiter: ours sees the end of short runs sooner, and asks more for it. */
const LENGTHS = [
  [10, 4],
  [60, 5],
  [600, 4.5],
  [3_600, 1.5],
  [36_000, 0.6],
];
const ENDS = 50;

export const title =
  'Following a run (virtual clock, beside the waiter of the Databricks SDK for Python; then 1 000 tasks)';

/** How late the end is seen, as a share of 2 s or 1 % of the length; looks, beside the SDK's; memory of the built task. */
export async function measure({ line, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-following-'));
  try {
    const { follow, sdkDelay } = await bundleSources(
      folder,
      "export { follow } from './src/workflow/follow'; export { sdkDelay } from './tests/support/sdk-waiter';",
    );
    for (const [seconds, mostLooks] of LENGTHS) {
      const ends = Array.from({ length: ENDS }, (_, at) => seconds * 1_000 * (1 + at / ENDS / 10));
      const ours = await Promise.all(ends.map((end) => followed(follow, end)));
      const theirs = ends.map((end) => waited(sdkDelay, end));
      const share = Math.max(...ours.map(({ late }, at) => late / Math.max(2_000, ends[at] / 100)));
      const name = seconds < 60 ? `${seconds} s` : seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
      const note = `${text(ours)} beside ${text(theirs)}`;
      line(`a run of ${name}: end seen, worst of ${ENDS}`, round(share), '× of 2 s or 1 %', 1, note);
      line(
        `a run of ${name}: looks`,
        round(mean(ours, 'looks') / mean(theirs, 'looks')),
        '× those of the SDK',
        mostLooks,
      );
    }
    const { megabytes, looks, requests } = await manyTasks(folder, quick ? 5 : ACTIVE_LOOKS);
    line(
      `a run of ${TASKS} tasks: peak memory`,
      megabytes,
      'MB',
      MOST_MEGABYTES,
      `${looks} looks, ${requests} requests`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function followed(follow, end) {
  let now = 0;
  let looks = 0;
  const clock = {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  await follow({
    read: async () => {
      // What a look shows is as old as the request, at worst.
      const ended = now >= end;
      now += LOOK_MS;
      looks += 1;
      return ended;
    },
    see: (ended) => ({ ended, label: 'RUNNING', lines: [] }),
    clock,
    signal: new AbortController().signal,
    limitMs: 0,
    say: () => undefined,
  });
  return { late: now - end, looks };
}

function waited(sdkDelay, end) {
  let now = 0;
  let looks = 1;
  for (; now < end; looks += 1) {
    now += LOOK_MS + sdkDelay(looks, 0.5);
  }
  return { late: now + LOOK_MS - end, looks };
}

function mean(results, member) {
  return results.reduce((sum, result) => sum + result[member], 0) / results.length;
}

function text(results) {
  const late = Math.max(...results.map((result) => result.late)) / 1_000;
  return `${late.toFixed(1)} s late with ${Math.round(mean(results, 'looks'))} looks`;
}

function round(value) {
  return Number(value.toFixed(2));
}

/** The built task attaches to a seeded run, which a proxy shows as active for some looks. */
async function manyTasks(folder, activeLooks) {
  const cli = join(root, 'bin', 'databricks-mlops.mjs');
  const args = [cli, 'workspace', 'start', '--workspace', 'bench', '--data', join(folder, 'data'), '--json'];
  const workspace = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = await once(createInterface({ input: workspace.stdout }), 'line');
    const [{ url, token }] = JSON.parse(said);
    const runId = await seededRun(url, token);
    const proxy = await proxyBefore(url, runId, activeLooks);
    try {
      const megabytes = await peakMegabytes(folder, proxy.url, token, runId);
      return { megabytes, looks: proxy.looks(), requests: proxy.requests() };
    } finally {
      proxy.close();
    }
  } finally {
    const ended = once(workspace, 'exit');
    workspace.kill('SIGTERM');
    await ended;
  }
}

async function seededRun(url, token) {
  const call = async (path, body) => {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(answer);
    }
    return answer;
  };
  const task = {
    spark_python_task: { python_file: '/Shared/a.py', parameters: ['--catalog', 'dev', '--rows', '1000'] },
  };
  const tasks = Array.from({ length: TASKS }, (_, index) => ({
    task_key: `task_${index}`,
    ...task,
    ...(index === 0 ? {} : { depends_on: [{ task_key: `task_${Math.floor((index - 1) / 2)}` }] }),
  }));
  await call('/local/seed/jobs', { jobs: [{ settings: { name: 'wide', tasks }, runs: { count: 1 } }] });
  // An id is a number beyond 2^53: it is taken from the text.
  return /"run_id":\s*(\d+)/.exec(await call('/api/2.2/jobs/runs/list'))[1];
}

async function proxyBefore(target, runId, activeLooks) {
  let looks = 0;
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const chunks = await request.toArray();
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    let body = await answer.text();
    const isLook = request.url.includes('/runs/get?') && request.url.includes(`run_id=${runId}`);
    looks += isLook && !request.url.includes('page_token') ? 1 : 0;
    if (isLook && looks <= activeLooks) {
      body = body.replaceAll('"TERMINATED"', '"RUNNING"').replaceAll(/"(result_state|code)":"[A-Z_]+",?/g, '');
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    looks: () => looks,
    requests: () => requests,
    close: () => server.close(),
  };
}

async function peakMegabytes(folder, url, token, runId) {
  const peak = join(folder, 'peak');
  const probe = join(folder, 'probe.cjs');
  writeFileSync(
    probe,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`,
  );
  const { inputs } = JSON.parse(readFileSync(join(root, 'tasks', 'DatabricksRunWorkflow', 'task.json'), 'utf8'));
  const defaults = inputs.filter(({ defaultValue }) => defaultValue !== undefined);
  const child = spawn(
    process.execPath,
    ['--require', probe, join(root, 'dist', 'tasks', 'DatabricksRunWorkflow', 'main.js')],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AGENT_TEMPDIRECTORY: folder,
        AGENT_VERSION: '4.275.0',
        SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
        VSTS_PUBLIC_VARIABLES: '["Agent.TempDirectory","System.DefaultWorkingDirectory"]',
        ...Object.fromEntries(
          defaults.map(({ name, defaultValue }) => [`INPUT_${name.toUpperCase()}`, String(defaultValue)]),
        ),
        INPUT_DATABRICKSCONNECTION: 'dbx',
        INPUT_ACTION: 'attach',
        INPUT_RUNID: runId,
        ENDPOINT_URL_dbx: url,
        ENDPOINT_AUTH_dbx: JSON.stringify({ scheme: 'Token', parameters: { apitoken: token } }),
        ENDPOINT_AUTH_SCHEME_dbx: 'Token',
        ENDPOINT_AUTH_PARAMETER_dbx_APITOKEN: token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.resume();
  await once(child, 'close');
  if (!output.includes('task.complete result=Succeeded')) {
    throw new Error(`the task did not succeed:\n${output.slice(-2_000)}`);
  }
  return Math.round(Number(readFileSync(peak, 'utf8')) / 1024);
}
