import { buildUrl } from './addresses';
import { attemptsOf } from './attempts';
import { derivedGuid } from './derived-guid';
import { runOf } from './find-run';
import type { RecordedRun } from './ports';
import { type Call, json, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';
import { timelineRecords } from './timeline-records';

/** The timeline of a run (`Timeline - Get`, api-version 7.1). */
export const timeline: Resource = {
  area: 'build',
  name: 'Timeline',
  locationId: '8baac422-4c6e-4de5-8532-db96d92acffa',
  template: '{project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId}',
  resourceVersion: 3,
  operations: [
    {
      method: 'GET',
      summary:
        'Records of stages, phases, jobs, steps, checkpoints and approvals; a former attempt by the id of its timeline',
      answer: (call) => json(timelineOf(call, runOf(call))),
    },
  ],
};

/**
 * The newest attempts stand in the run's own timeline. What an attempt before them did stands in a timeline of its own, which their
 * records name in `previousAttempts`.
 */
function timelineOf(call: Call, run: RecordedRun): Record<string, unknown> {
  const { record } = run;
  const id = (call.values['timelineId'] ?? record.timelineId).toLowerCase();
  const attempt = id === record.timelineId.toLowerCase() ? undefined : attemptOfTimeline(run, id);
  if (call.query.has('planId') && call.query.get('planId')?.toLowerCase() !== record.planId.toLowerCase()) {
    throw badRequest(`The run ${record.id} has no plan ${call.query.get('planId')}.`);
  }
  return {
    records: timelineRecords(run, attempt, {
      url: buildUrl(call, run),
      logs: call.logs.of(run),
      task: call.options.task,
      timelineOfAttempt: (number) => timelineOfAttempt(run, number),
    }),
    lastChangedBy: '00000002-0000-8888-8000-000000000000',
    lastChangedOn: lastChange(run),
    id,
    changeId: 1,
    url: `${buildUrl(call, run)}/Timeline/${id}`,
  };
}

/** The timeline that holds what attempt `number` did. */
export function timelineOfAttempt({ record }: RecordedRun, number: number): string {
  return derivedGuid(record.timelineId, `attempt ${number}`);
}

function attemptOfTimeline(run: RecordedRun, id: string): number {
  const found = attemptsOf(run.record).find((number) => timelineOfAttempt(run, number) === id);
  if (found === undefined) {
    throw new ServiceError(404, 'TimelineNotFoundException', `The run ${run.record.id} has no timeline ${id}.`);
  }
  return found;
}

function lastChange({ record }: RecordedRun): string {
  const times = record.stages.flatMap((stage) =>
    [stage, ...stage.jobs, ...stage.jobs.flatMap(({ steps }) => steps)].flatMap(({ startedAt, finishedAt }) => [
      startedAt ?? '',
      finishedAt ?? '',
    ]),
  );
  return [record.queuedAt, record.finishedAt ?? '', ...times].sort().at(-1) ?? record.queuedAt;
}
