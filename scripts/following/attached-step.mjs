import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

/**
 * Runs the built workflow task as the agent does, attached to a run, until its end.
 * @returns the most memory that its process had, in megabytes
 * @throws Error when the step does not succeed
 */
export async function attachedStep(folder, { url, token }, runId) {
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
