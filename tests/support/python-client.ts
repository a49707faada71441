import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cachedEnvironments } from '../../local/workspace/python/cached-environments';
import { requirementLines } from '../../local/workspace/python/constraints';

const root = resolve(__dirname, '..', '..');

/** Where a script runs; default: the environment of the sample, in the folder of this process. */
export interface PythonClientPlace {
  readonly requirements?: readonly string[];
  readonly folder?: string;
}

/** Runs `tests/clients/python/<script>` and returns the JSON that it prints last. */
export async function runPythonClient(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  place: PythonClientPlace = {},
): Promise<Record<string, unknown>> {
  const python = await cachedEnvironments().interpreter(place.requirements ?? sampleRequirements());
  const child = spawn(python, [join(root, 'tests', 'clients', 'python', script), ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      DATABRICKS_CONFIG_FILE: '/dev/null',
      GIT_PYTHON_REFRESH: 'quiet',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(place.folder === undefined ? {} : { cwd: place.folder }),
  });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`${script} ended with ${code}:\n${complaints.slice(-4_000)}`);
  }
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

function sampleRequirements(): string[] {
  return requirementLines(readFileSync(join(root, 'samples', 'diabetes', 'requirements.txt'), 'utf8'));
}
