import type { CheckpointRecord, CheckRunRecord, CheckStatus } from '../record/run-record';
import { configurationId } from './check-configurations';
import { CHECK_TYPES } from './check-types';
import { runsOf } from './find-run';
import { type Call, json, type Resource } from './route';
import { ServiceError } from './service-error';

/** Check suites (`Check Evaluations - Get`, api-version 7.1-preview.1). The id of a checkpoint's record is that of its suite [U]. */
export const checkRuns: Resource = {
  area: 'pipelines',
  name: 'checks/runs',
  locationId: undefined,
  template: '{project}/_apis/{area}/checks/runs/{checkSuiteId}',
  resourceVersion: 1,
  operations: [
    {
      method: 'GET',
      summary: 'The checks of a checkpoint with their status; `$expand=resources` names the protected resources',
      answer: (call) => json(suiteOf(call, checkpointOf(call))),
    },
  ],
};

function checkpointOf(call: Call): CheckpointRecord {
  const wanted = (call.values['checkSuiteId'] ?? '').toLowerCase();
  const found = runsOf(call)
    .flatMap(({ record }) => record.stages.flatMap(({ checkpoint }) => checkpoint ?? []))
    .find(({ id }) => id.toLowerCase() === wanted);
  if (found === undefined) {
    throw new ServiceError(404, 'CheckSuiteNotFoundException', `There is no check suite ${wanted}.`);
  }
  return found;
}

function suiteOf(call: Call, { id, checks }: CheckpointRecord): Record<string, unknown> {
  const expand = (call.query.get('$expand') ?? '').split(',');
  const resources = [
    ...new Map(checks.map(({ resource }) => [`${resource.type}/${resource.id}`, { ...resource }])).values(),
  ];
  return {
    id,
    status: suiteStatus(checks),
    message: null,
    ...(expand.includes('resources') ? { resources } : {}),
    checkRuns: checks.map((check) => checkRunOf(call, check)),
    createdDate: checks.map(({ createdAt }) => createdAt).sort()[0] ?? null,
    completedDate: checks.some(({ completedAt }) => completedAt === undefined)
      ? null
      : (checks
          .flatMap(({ completedAt }) => completedAt ?? [])
          .sort()
          .at(-1) ?? null),
  };
}

/** `bypassed` is a status of its own: never `approved`. What waits is `running` [U]. */
function checkRunStatus(status: CheckStatus): string {
  return status === 'pending' ? 'running' : status;
}

function suiteStatus(checks: readonly CheckRunRecord[]): string {
  const worst: readonly CheckStatus[] = ['rejected', 'failed', 'timedOut', 'canceled', 'pending'];
  const found = worst.find((status) => checks.some((check) => check.status === status));
  return found === undefined ? 'approved' : checkRunStatus(found);
}

function checkRunOf(call: Call, check: CheckRunRecord): Record<string, unknown> {
  const { id, kind, resource, status, createdAt, completedAt, message } = check;
  const configuration = configurationId(call, check);
  return {
    id,
    status: checkRunStatus(status),
    resultMessage: message ?? null,
    createdDate: createdAt,
    completedDate: completedAt ?? null,
    checkConfigurationRef: {
      ...(configuration === undefined ? {} : { id: configuration, version: 1 }),
      type: CHECK_TYPES[kind],
      resource: { ...resource },
    },
  };
}
