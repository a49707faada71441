import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root';
import { progressBar } from './terminal/progress-bar';
import { cachedEnvironments, type EnvironmentProgress } from './workspace/python/cached-environments';
import { requirementLines } from './workspace/python/constraints';

/** Makes the Python environment of the samples' jobs before it is needed, with progress; at once when it is there. */
async function main(): Promise<void> {
  const bar = progressBar(process.stderr);
  const environments = cachedEnvironments({ onStep: (step) => bar.update(lineOf(step), fractionOf(step)) });
  const requirements = requirementLines(
    readFileSync(join(packageRoot(), 'samples', 'diabetes', 'requirements.txt'), 'utf8'),
  );
  await environments.interpreter(requirements);
  bar.end();
}

function lineOf({ phase, packages, detail }: EnvironmentProgress): string {
  const words = {
    waiting: 'Python environment: another process is making it …',
    creating: 'Python environment: creating (once; later runs and other clones reuse it) …',
    downloading: `Python environment: fetching packages, ${packages} so far`,
    installing: `Python environment: installing ${packages} packages …`,
    ready: 'Python environment: ready',
  } as const;
  return process.stderr.isTTY === true && detail !== undefined ? `${words[phase]}  ${detail}` : words[phase];
}

function fractionOf({ phase, packages, atMost }: EnvironmentProgress): number | undefined {
  return phase === 'downloading' && atMost > 0 ? packages / atMost : undefined;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
