import type { Site } from './in-process-call';
import { endpointPage, modelPage, modelVersionPage } from './model-page';
import { overviewPage, runsPage } from './overview';
import type { Page } from './parts';
import { pipelinePage, updatePage } from './pipeline-page';
import { jobPage, runPage } from './run-page';
import { experimentPage, trackedRunPage } from './tracking-page';

type Make = (site: Site, parts: readonly string[], query: URLSearchParams) => Promise<Page>;

/** Pages by their paths; `:part` is one segment, `:number` one of digits. Beside the pages of runs they are those that links of the tasks lead to. */
const PAGES: readonly (readonly [path: string, make: Make])[] = [
  ['/', (site) => overviewPage(site)],
  ['/runs', (site, _, query) => runsPage(site, query)],
  ['/runs/:number', (site, [run = '']) => runPage(site, run)],
  ['/jobs/:number', (site, [job = '']) => jobPage(site, job)],
  ['/pipelines/:part', (site, [id = '']) => pipelinePage(site, id)],
  ['/pipelines/:part/updates/:part', (site, [id = '', update = '']) => updatePage(site, id, update)],
  ['/ml/experiments/:part', (site, [id = '']) => experimentPage(site, id)],
  ['/ml/experiments/:part/runs/:part', (site, [id = '', run = '']) => trackedRunPage(site, id, run)],
  ['/ml/endpoints/:part', (site, [name = '']) => endpointPage(site, name)],
  ['/explore/data/models/:part/:part/:part', (site, parts) => modelPage(site, parts.join('.'))],
  [
    '/explore/data/models/:part/:part/:part/version/:number',
    (site, [catalog, schema, name, version = '']) => modelVersionPage(site, `${catalog}.${schema}.${name}`, version),
  ],
];

const PATTERNS = PAGES.map(([path, make]) => ({
  pattern: new RegExp(`^${path.replaceAll(':number', '(\\d{1,19})').replaceAll(':part', '([^/]{1,500})')}/?$`),
  make,
}));

/** The page of a path; `undefined` where none is. */
export function pageOf(path: string): ((site: Site, query: URLSearchParams) => Promise<Page>) | undefined {
  for (const { pattern, make } of PATTERNS) {
    const found = pattern.exec(path)?.slice(1);
    const parts = found?.map(decoded);
    if (parts?.every((part) => part !== undefined)) {
      return (site, query) => make(site, parts, query);
    }
  }
  return undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
