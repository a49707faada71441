import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleSources } from '../bundle-sources.mjs';
import { root } from '../project.mjs';

/**
 * The waiter of the Databricks SDK for Python, in the environment of the sample.
 * @returns when it is ready: `wait`, which starts it and ends with the run
 */
export async function readySdkWaiter(folder, { url, token }, runId) {
  const { cachedEnvironments, requirementLines } = await bundleSources(
    folder,
    `export { cachedEnvironments } from './local/workspace/python/cached-environments';
     export { requirementLines } from './local/workspace/python/constraints';`,
  );
  const linesOf = (...path) => requirementLines(readFileSync(join(root, ...path), 'utf8'));
  const environments = cachedEnvironments({
    constraints: linesOf('local', 'workspace', 'python', 'constraints.txt'),
  });
  const python = await environments.interpreter(linesOf('samples', 'diabetes', 'requirements.txt'));
  const child = spawn(python, [join(root, 'scripts', 'following', 'sdk_waiter.py'), runId], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DATABRICKS_CONFIG_FILE: '/dev/null',
      DATABRICKS_HOST: url,
      DATABRICKS_TOKEN: token,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const [said] = await Promise.race([once(lines, 'line'), ended.then(() => [])]);
  if (said !== 'ready') {
    throw new Error(`the SDK's waiter did not start, but said: ${said}`);
  }
  return {
    wait: async () => {
      child.stdin.end('\n');
      const [result] = await once(lines, 'line');
      await ended;
      if (result !== 'SUCCESS') {
        throw new Error(`the SDK's waiter saw the end ${result}`);
      }
    },
  };
}
