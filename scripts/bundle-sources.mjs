// Sources as one CommonJS module, minified as the tasks are: what a bench measures is what ships.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './project.mjs';

/**
 * @param folder takes the bundle
 * @param exported lines of TypeScript that export what is wanted, with paths from the root of the repository
 */
export async function bundleSources(folder, exported) {
  const outfile = join(folder, 'bundle.cjs');
  await build({
    stdin: { contents: exported, resolveDir: root },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile,
  });
  return createRequire(import.meta.url)(outfile);
}
