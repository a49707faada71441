import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bundleSources } from '../bundle-sources.mjs';
import { root } from '../project.mjs';

const LIMIT = 8;
const EXAMPLES = 'samples/pipelines';
/** Parameters without a default. */
const PARAMETERS = { 'samples/pipelines/rollback.yml': { reason: 'a' } };

export const title = 'Expansion (the largest example and its templates, beside reading the same files with yaml)';

/** Time to expand, beside the time that `yaml` takes to parse each file once that the expansion reads; medians of pairs in one process. */
export async function measure({ line, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-expand-'));
  try {
    const { expandPipeline, printPipeline } = await bundleSources(folder, EXPANDER);
    const files = new Map();
    const expand = (file) =>
      expandPipeline({
        file,
        source: { knows: () => true, read: (_, path) => cached(files, path) },
        parameters: new Map(Object.entries(PARAMETERS[file] ?? {})),
        variables: new Map([
          ['Build.Reason', 'IndividualCI'],
          ['Build.SourceBranch', 'refs/tags/v1.0.0'],
        ]),
      });
    const largest = largestOf((file) => printPipeline(expand(file)).length);
    files.clear();
    expand(largest.file);
    const texts = [...files.values()].filter((text) => text !== undefined);
    const ours = () => expand(largest.file);
    const theirs = () => texts.map((text) => parse(text, { uniqueKeys: false }));
    for (let warm = 0; warm < 5; warm += 1) {
      ours();
      theirs();
    }
    const rounds = Array.from({ length: quick ? 15 : 51 }, () => [milliseconds(ours), milliseconds(theirs)]);
    const ratio = median(rounds.map(([a, b]) => a / b));
    const [a, b] = [0, 1].map((side) => median(rounds.map((round) => round[side])));
    const note = `${a.toFixed(1)} ms beside ${b.toFixed(1)} ms, ${texts.length} files, ${largest.length} characters out`;
    line(largest.file, Number(ratio.toFixed(2)), '× yaml', LIMIT, note);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EXPANDER = `
export { expandPipeline } from './local/pipelines/expand/pipeline/expand-pipeline';
export { printPipeline } from './local/pipelines/expand/print';
`;

/** The example whose expansion is longest. */
function largestOf(length) {
  return readdirSync(join(root, EXAMPLES))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ file: `${EXAMPLES}/${name}`, length: length(`${EXAMPLES}/${name}`) }))
    .reduce((most, next) => (next.length > most.length ? next : most));
}

/** Files are read from the disk once, so that neither side pays for that. */
function cached(files, path) {
  if (!files.has(path)) {
    const file = join(root, path);
    files.set(path, statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : undefined);
  }
  return files.get(path);
}

function milliseconds(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
