// `npm run bench [-- --quick]`: sizes and speed as ratios measured in one run beside a peer or a limit. Fails only on ratios and counts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('bench', import.meta.url));
const quick = process.argv.includes('--quick');
let failures = 0;

/** Prints one line; `limit` is the most that `value` may be. */
function line(name, value, unit, limit, note = '') {
  const bad = limit !== undefined && value > limit;
  failures += bad ? 1 : 0;
  const bound = limit === undefined ? '' : ` (at most ${limit})`;
  console.log(`  ${bad ? '✗' : '✓'} ${name}: ${value} ${unit}${bound}${note === '' ? '' : `  ${note}`}`);
}

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .sort()) {
  const { title, measure } = await import(pathToFileURL(join(folder, file)).href);
  console.log(`\n${title}`);
  await measure({ line, quick });
}
console.log(
  `\n${failures === 0 ? 'All ratios and counts are within their limits.' : `${failures} beyond their limit.`}`,
);
process.exit(failures === 0 ? 0 : 1);
