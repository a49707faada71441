import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

export const title = 'Bundle sizes (bytes against the budget of each task, largest dependencies)';

/** Bytes of each task's bundles, and of which packages they are. */
export async function measure({ line }) {
  const budgets = JSON.parse(readFileSync(join(root, 'scripts', 'budgets.json'), 'utf8'));
  for (const name of readdirSync(join(root, 'dist', 'tasks')).sort()) {
    const files = readdirSync(join(root, 'dist', 'tasks', name)).filter((file) => file.endsWith('.js'));
    const bytes = files.reduce((sum, file) => sum + statSync(join(root, 'dist', 'tasks', name, file)).size, 0);
    const metas = [name, `${name}.run`].map((meta) =>
      JSON.parse(readFileSync(join(root, 'dist', 'meta', `${meta}.json`), 'utf8')),
    );
    line(name, bytes, 'bytes', budgets.bundleBytes[name], largest(metas));
  }
}

function largest(metas) {
  const bytes = new Map();
  for (const { inputs } of metas.flatMap((meta) => Object.values(meta.outputs))) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? 'own code';
      bytes.set(owner, (bytes.get(owner) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5)
    .map(([owner, count]) => `${owner} ${Math.round(count / 1000)} kB`)
    .join(', ');
}
