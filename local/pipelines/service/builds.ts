import { apiUrl, buildUrl, identity } from './addresses';
import { buildReason, buildResult, buildStatus, startTime } from './build-words';
import { runOf, runsOf } from './find-run';
import type { RecordedRun } from './ports';
import { type Call, collection, json, type Resource } from './route';
import { selectBuilds } from './select-builds';

/** Runs (`Builds - Get`, `Builds - List`, api-version 7.1). */
export const builds: Resource = {
  area: 'build',
  name: 'Builds',
  locationId: '0cd358e1-9217-4d94-8269-1c1ee6f93dcf',
  template: '{project}/_apis/{area}/{resource}/{buildId}',
  resourceVersion: 7,
  operations: [
    {
      method: 'GET',
      summary: 'One run, or the runs that the filters choose',
      answer: (call) =>
        call.values['buildId'] === undefined
          ? collection(selectBuilds(runsOf(call), call.query).map((run) => buildOf(call, run)))
          : json(buildOf(call, runOf(call))),
    },
  ],
};

function buildOf(call: Call, run: RecordedRun): Record<string, unknown> {
  const { record } = run;
  const url = buildUrl(call, run);
  const project = {
    id: record.project.id,
    name: record.project.name,
    url: `${call.collectionUrl}_apis/projects/${record.project.id}`,
    state: 'wellFormed',
    visibility: 'private',
  };
  return {
    _links: {
      self: { href: url },
      web: { href: `${call.collectionUrl}${record.project.id}/_build/results?buildId=${record.id}` },
      timeline: { href: `${url}/Timeline` },
    },
    properties: {},
    tags: [...record.tags],
    validationResults: [],
    plans: [{ planId: record.planId }],
    triggerInfo: {},
    id: Number(record.id),
    buildNumber: record.number,
    status: buildStatus(record),
    result: buildResult(record),
    queueTime: record.queuedAt,
    startTime: startTime(record),
    finishTime: record.finishedAt,
    url,
    definition: {
      drafts: [],
      id: Number(record.pipeline.id),
      name: record.pipeline.name,
      url: `${apiUrl(call, run)}/build/Definitions/${record.pipeline.id}`,
      path: '\\',
      type: 'build',
      queueStatus: 'enabled',
      project,
    },
    project,
    uri: `vstfs:///Build/Build/${record.id}`,
    sourceBranch: record.branch,
    sourceVersion: record.commit,
    priority: 'normal',
    reason: buildReason(record),
    requestedFor: identity(record.requestedFor),
    requestedBy: identity(record.requestedFor),
    templateParameters: record.parameters,
    orchestrationPlan: { planId: record.planId },
    logs: { id: 0, type: 'Container', url: `${url}/logs` },
    retainedByRelease: false,
    triggeredByBuild: null,
  };
}
