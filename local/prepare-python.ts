import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complain } from './commands/complain';
import { packageRoot } from './package-root';
import { progressBar } from './terminal/progress-bar';
import { cachedEnvironments, type EnvironmentProgress } from './workspace/python/cached-environments';
import { requirementLines } from './workspace/python/constraints';
import { progressLine } from './workspace/python/progress-line';

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

/** Elsewhere than on a terminal each line stays: one for a package would be too many. */
function lineOf(progress: EnvironmentProgress): string {
  const line = progressLine(progress);
  const { phase, detail } = progress;
  if (process.stderr.isTTY !== true) {
    return phase === 'downloading' ? 'Python environment: fetching packages …' : line;
  }
  return detail === undefined ? line : `${line}  ${detail}`;
}

function fractionOf({ phase, packages, atMost }: EnvironmentProgress): number | undefined {
  return phase === 'downloading' && atMost > 0 ? packages / atMost : undefined;
}

main().catch((error: unknown) => {
  complain(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
