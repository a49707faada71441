import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../project.mjs';

/** A local workspace in a process of its own while `work` goes on; its data lies in `folder`. */
export async function withWorkspace(folder, work) {
  const cli = join(root, 'bin', 'databricks-mlops.mjs');
  const args = [cli, 'workspace', 'start', '--workspace', 'bench', '--data', join(folder, 'data'), '--json'];
  const workspace = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = await once(createInterface({ input: workspace.stdout }), 'line');
    const [{ url, token }] = JSON.parse(said);
    return await work({ url, token });
  } finally {
    const ended = once(workspace, 'exit');
    workspace.kill('SIGTERM');
    await ended;
  }
}

/** Seeds a run with as many tasks, each after another one, that has succeeded; its id as text, for it is a number beyond 2^53: it cannot be read as JSON. */
export async function seededRun({ url, token }, tasks) {
  const task = {
    spark_python_task: { python_file: '/Shared/a.py', parameters: ['--catalog', 'dev', '--rows', '1000'] },
  };
  const settings = {
    name: `${tasks} tasks`,
    tasks: Array.from({ length: tasks }, (_, index) => ({
      task_key: `task_${index}`,
      ...task,
      ...(index === 0 ? {} : { depends_on: [{ task_key: `task_${Math.floor((index - 1) / 2)}` }] }),
    })),
  };
  const seeded = await call('/local/seed/jobs', { jobs: [{ settings, runs: { count: 1 } }] });
  const runs = await call(`/api/2.2/jobs/runs/list?job_id=${/"job_ids":\s*\[(\d+)/.exec(seeded)[1]}`);
  return /"run_id":\s*(\d+)/.exec(runs)[1];

  async function call(path, body) {
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
  }
}
