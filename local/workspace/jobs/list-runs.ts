import type { Operation, Reply } from '../api';
import { type Fields, flag, invalid, optionalInteger, optionalText, queryFields } from '../fields';
import { KeptLists, type ListSource } from '../kept-lists';
import { unlessEmpty } from '../paging';
import type { EndedRun } from './ended-runs';
import type { RunParts } from './job-parts';
import { arrayPage, listPage } from './list-pages';
import { runOnWire } from './run-wire';
import type { Run } from './types';

/** Lists runs in all filters under one version of the API. */
export function listRunsOperation(parts: RunParts, version: '2.1' | '2.2'): Operation {
  const kept = new KeptLists();
  return {
    method: 'GET',
    path: `/api/${version}/jobs/runs/list`,
    handle: ({ query }) => list(parts, queryFields(query), kept),
  };
}

function list(parts: RunParts, request: Fields, kept: KeptLists): Reply {
  const jobId = optionalText(request, 'job_id');
  const type = optionalText(request, 'run_type');
  const activeOnly = flag(request, 'active_only');
  const completedOnly = flag(request, 'completed_only');
  if (activeOnly && completedOnly) {
    throw invalid('active_only and completed_only cannot both be true.');
  }
  const from = optionalInteger(request, 'start_time_from') ?? 0;
  const to = optionalInteger(request, 'start_time_to') ?? Number.MAX_SAFE_INTEGER;
  if (type !== undefined && !RUN_TYPES.includes(type)) {
    throw invalid(`run_type must be one of ${RUN_TYPES.join(', ')}, not '${type}'.`);
  }
  const isListed = (run: EndedRun) =>
    (type === undefined || run.type === type) && run.startTime >= from && run.startTime <= to;
  const isAskedFor = (run: Run) =>
    run.iterations === undefined &&
    (jobId === undefined || run.jobId === jobId) &&
    (!completedOnly || run.phase === 'ENDED') &&
    isListed(run);
  const source: ListSource<Run> = {
    kept,
    ids: () => [
      ...(completedOnly ? [] : startedLast(parts.runs.active().filter(isAskedFor))).map(({ runId }) => runId),
      ...(activeOnly ? [] : [...parts.runs.ended(jobId)].filter(isListed).map(({ runId }) => runId)),
    ],
    read: (id) => [parts.runs.get(id)].find((run) => run !== undefined && isAskedFor(run)),
  };
  const { items, rest } = listPage(source, request, { standard: 20, most: 25 });
  const expand = flag(request, 'expand_tasks');
  return { json: { runs: unlessEmpty(items.map((run) => listItem(parts, run, expand))), ...rest } };
}

const RUN_TYPES = ['JOB_RUN', 'WORKFLOW_RUN', 'SUBMIT_RUN'];

/** Runs under way stand before those that have ended (databricks-api 3.1), the last started first. */
function startedLast(runs: readonly Run[]): readonly Run[] {
  return [...runs].reverse().sort((a, b) => b.startTime - a.startTime);
}

function listItem(parts: RunParts, run: Run, expand: boolean): Record<string, unknown> {
  const shown = runOnWire(parts, run);
  if (!expand) {
    const { tasks: _tasks, job_clusters: _clusters, ...short } = shown;
    return short;
  }
  const { next_page_token: _token, ...page } = arrayPage(shown, ['tasks', 'job_clusters'], {});
  return page;
}
