import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { SUITES } from './suites';

const CHUNK = 10_000;

/**
 * `npm run soak -- <suite> --count N --seed S`: the property of a suite on N cases from seed S, in chunks with a line each; one that was
 * stopped goes on with `--from`. The end is a line in docs/soak.md; a failure prints seed and path, which then become a fixed case in `npm test`.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string' }, seed: { type: 'string' }, from: { type: 'string' } },
  });
  const [name = ''] = positionals;
  const property = SUITES[name];
  const count = Number(values.count ?? '1000000');
  const seed = Number(values.seed ?? '1');
  if (property === undefined || !Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) {
    process.stderr.write(
      `npm run soak -- <suite> --count N --seed S [--from N]\n\nSuites: ${Object.keys(SUITES).join(', ')}\n`,
    );
    return 2;
  }
  let done = Number(values.from ?? '0');
  while (done < count) {
    const size = Math.min(CHUNK, count - done);
    const details = await fc.check(property as fc.IRawProperty<unknown>, { seed: seed + done / CHUNK, numRuns: size });
    if (details.failed) {
      process.stdout.write(`${await fc.asyncDefaultReportMessage(details)}\n`);
      record(name, done + details.numRuns, seed, `failed: seed ${details.seed}, path ${details.counterexamplePath}`);
      return 1;
    }
    done += size;
    process.stdout.write(`${name}: ${done} of ${count}\n`);
  }
  record(name, count, seed, 'none failed');
  return 0;
}

function record(suite: string, count: number, seed: number, end: string): void {
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
  appendFileSync(join('docs', 'soak.md'), `| ${commit} | ${suite} | ${count} | ${seed} | ${end} |\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
