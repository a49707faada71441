// Renders images/src/*.svg to the PNG files that ship: `node scripts/icons.mjs`, or with `--check` to hold that they are current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'images', 'src');

/** Where the picture of a source lands: the icons of tasks beside their task.json, the others in images/. */
function target(name) {
  if (name.startsWith('Databricks')) return join('tasks', name, 'icon.png');
  return join('images', `${name}.png`);
}

const stale = [];
for (const file of readdirSync(sources).sort()) {
  const name = file.replace(/\.svg$/, '');
  const png = new Resvg(readFileSync(join(sources, file), 'utf8')).render().asPng();
  const path = target(name);
  if (!process.argv.includes('--check')) writeFileSync(join(root, path), png);
  else if (!readFileSync(join(root, path)).equals(png)) stale.push(path);
}
if (stale.length > 0) {
  console.error(`Not rendered from the present sources: ${stale.join(', ')}. Run "node scripts/icons.mjs".`);
  process.exitCode = 1;
}
