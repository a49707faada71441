// One task as two files. `main.js` holds what reads and checks the inputs, `run.js` all the rest (HTTP, YAML, statistics); it is loaded
// when the inputs are right. Parsing a bundle costs time even for code that never runs: with everything in one file a wrong input was
// answered in 1.32 times the time of task-lib alone (axios parsed for nothing), with two in 1.1 times.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages of which a task has no use, and what stands in their place:
 * - `mime-types`: form-data asks mime-db (137 KB) for content types of uploads; no task uploads multipart forms.
 * - `debug`: with a variable DEBUG it would print requests and proxies past the masking of secrets.
 */
const REPLACED = {
  'mime-types': "exports.lookup = () => false; exports.contentType = () => 'application/octet-stream';",
  debug: 'module.exports = () => Object.assign(() => undefined, { enabled: false });',
};

const withoutUnused = {
  name: 'without-unused',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^(mime-types|debug)$/ }, ({ path }) => ({ path, namespace: 'without-unused' }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'without-unused' }, ({ path }) => ({
      contents: REPLACED[path],
      loader: 'js',
    }));
  },
};

/** In `main.js` the story of the task is another file. */
const storyApart = {
  name: 'story-apart',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^\.\/run$/ }, ({ importer }) =>
      importer.endsWith('main.ts') ? { path: './run.js', external: true } : undefined,
    );
  },
};

/** In `run.js` the modules that `main.js` holds are taken from there: there must be one `TaskError`, one host, one task-lib. */
function sharedWithMain(root, modules) {
  return {
    name: 'shared-with-main',
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^\.{1,2}\// }, async (args) => {
        if (args.pluginData === 'resolving') {
          return undefined;
        }
        const { path } = await pluginBuild.resolve(args.path, {
          kind: args.kind,
          resolveDir: args.resolveDir,
          importer: args.importer,
          pluginData: 'resolving',
        });
        const name = relative(root, path).replaceAll('\\', '/');
        return modules.includes(name) ? { path: name, namespace: 'shared-with-main' } : undefined;
      });
      pluginBuild.onResolve({ filter: /^\.\/main\.js$/, namespace: 'shared-with-main' }, () => ({
        path: './main.js',
        external: true,
      }));
      pluginBuild.onLoad({ filter: /.*/, namespace: 'shared-with-main' }, ({ path }) => ({
        contents: `module.exports = require('./main.js')[${JSON.stringify(exportName(modules, path))}];`,
        loader: 'js',
      }));
    },
  };
}

function exportName(modules, path) {
  return `shared${modules.indexOf(path)}`;
}

/** Builds `dist/tasks/<name>` and returns the metafiles of its two bundles. */
export async function buildTask({ root, dist, name, options }) {
  const source = join(root, 'tasks', name);
  const target = join(dist, 'tasks', name);
  mkdirSync(target, { recursive: true });
  // `require` in place of `import()`: Node's loader of ES modules would cost 30 ms for nothing.
  const main = {
    ...options,
    minify: true,
    plugins: [withoutUnused, storyApart],
    supported: { 'dynamic-import': false },
  };
  const entry = `tasks/${name}/main.ts`;
  const first = await build({ ...main, entryPoints: [entry], outfile: join(target, 'main.js'), write: false });
  const modules = ownModules(first.metafile, entry);
  const mainBuild = await build({
    ...main,
    stdin: { contents: sharingEntry(modules, entry), resolveDir: root, sourcefile: 'main-entry.ts', loader: 'ts' },
    outfile: join(target, 'main.js'),
  });
  const runBuild = await build({
    ...options,
    minify: true,
    plugins: [withoutUnused, sharedWithMain(root, modules)],
    entryPoints: [`tasks/${name}/run.ts`],
    outfile: join(target, 'run.js'),
  });
  for (const file of ['task.json', 'icon.png', 'post.js'].filter((candidate) => existsSync(join(source, candidate)))) {
    cpSync(join(source, file), join(target, file));
  }
  refuseSecondTaskLib(name, [mainBuild.metafile, runBuild.metafile]);
  return { main: mainBuild.metafile, run: runBuild.metafile };
}

/** TypeScript modules of the project in a bundle, but its entry. */
function ownModules(metafile, entry) {
  return Object.keys(metafile.inputs)
    .filter((path) => /^(src|tasks)\/.*\.ts$/.test(path) && path !== entry)
    .sort();
}

function sharingEntry(modules, entry) {
  const shared = modules.map((path) => `export * as ${exportName(modules, path)} from './${path}';`);
  return [...shared, `import './${entry}';`].join('\n');
}

/** task-lib keeps its vault in module state: a second copy in one process is never loaded and fails at run time. */
function refuseSecondTaskLib(name, metafiles) {
  const copies = metafiles
    .flatMap(({ inputs }) => Object.keys(inputs))
    .filter((path) => path.endsWith('azure-pipelines-task-lib/internal.js'));
  if (copies.length !== 1) {
    throw new Error(`${name} holds ${copies.length} copies of azure-pipelines-task-lib: ${copies.join(', ')}`);
  }
}
