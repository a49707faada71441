import type {
  CheckpointRecord,
  IssueRecord,
  JobRecord,
  Result,
  StageRecord,
  State,
  StepRecord,
} from '../record/run-record';
import { type Attempt, formerOf, previous } from './attempts';
import { derivedGuid } from './derived-guid';
import type { RecordedRun, ServiceOptions } from './ports';

/** What the records of a timeline refer to. */
export interface TimelineContext {
  /** Address of the run. */
  readonly url: string;
  /** Step id to number of its log. */
  readonly logs: ReadonlyMap<string, number>;
  readonly task: ServiceOptions['task'];
  timelineOfAttempt(number: number): string;
}

/**
 * Records of the newest attempts, or of one former attempt.
 * Types and parents as the service has them; that checkpoints stand below the stage and approvals below the checkpoint, and that an
 * approval's record has the approval's id, is [U].
 */
export function timelineRecords(run: RecordedRun, attempt: number | undefined, context: TimelineContext): unknown[] {
  const { stages } = run.record;
  return stages.flatMap((stage, index) => {
    const former = formerOf(stages).includes(stage);
    if (attempt === undefined) {
      return former ? [] : recordsOfStage(stage, index, previous(stages, stage), undefined, context);
    }
    if (former) {
      return stage.attempt === attempt ? recordsOfStage(stage, index, previous(stages, stage), undefined, context) : [];
    }
    return recordsOfStage(stage, index, previous(stages, stage), attempt, context);
  });
}

/** @param onlyJobsOf a former attempt of jobs in a stage that is itself the newest; then nothing when no job has it */
function recordsOfStage(
  stage: StageRecord,
  index: number,
  previousAttempts: readonly Attempt[],
  onlyJobsOf: number | undefined,
  context: TimelineContext,
): unknown[] {
  const former = formerOf(stage.jobs);
  const jobs = stage.jobs.filter((job) =>
    onlyJobsOf === undefined ? !former.includes(job) : former.includes(job) && job.attempt === onlyJobsOf,
  );
  if (onlyJobsOf !== undefined && jobs.length === 0) {
    return [];
  }
  const phases = [...new Set(jobs.map(({ phase }) => phase))];
  return [
    {
      ...timed('Stage', stage, context),
      id: stage.id,
      parentId: null,
      name: stage.displayName,
      refName: stage.name,
      identifier: stage.name,
      order: index + 1,
      attempt: stage.attempt,
      previousAttempts: previousAttempts.map((each) => withTimeline(each, context)),
      resultCode: stage.note ?? null,
    },
    ...(stage.checkpoint === undefined ? [] : checkpointRecords(stage, stage.checkpoint, context)),
    ...phases.flatMap((phase, order) => phaseRecords(stage, phase, order, jobs, context)),
  ];
}

function checkpointRecords(stage: StageRecord, checkpoint: CheckpointRecord, context: TimelineContext): unknown[] {
  return [
    {
      ...timed('Checkpoint', checkpoint, context),
      id: checkpoint.id,
      parentId: stage.id,
      name: 'Checkpoint',
      refName: null,
      identifier: `${stage.name}.Checkpoint`,
      order: null,
      attempt: stage.attempt,
    },
    ...checkpoint.checks
      .filter(({ kind }) => kind === 'approval')
      .map((check, index) => ({
        ...timed(
          'Checkpoint.Approval',
          { ...stateOfCheck(check.status), startedAt: check.createdAt, finishedAt: check.completedAt },
          context,
        ),
        id: check.id,
        parentId: checkpoint.id,
        name: 'Checkpoint.Approval',
        refName: null,
        identifier: check.id,
        order: index + 1,
        attempt: stage.attempt,
      })),
  ];
}

function stateOfCheck(status: CheckpointRecord['checks'][number]['status']): {
  state: State;
  result: Result | undefined;
} {
  const results: Readonly<Record<typeof status, Result | undefined>> = {
    pending: undefined,
    approved: 'succeeded',
    bypassed: 'succeeded',
    rejected: 'failed',
    failed: 'failed',
    timedOut: 'skipped',
    canceled: 'canceled',
  };
  return { state: status === 'pending' ? 'inProgress' : 'completed', result: results[status] };
}

function phaseRecords(
  stage: StageRecord,
  phase: string,
  order: number,
  jobs: readonly JobRecord[],
  context: TimelineContext,
): unknown[] {
  const own = jobs.filter((job) => job.phase === phase);
  const id = derivedGuid(stage.id, phase);
  return [
    {
      ...timed('Phase', together(own), context),
      id,
      parentId: stage.id,
      name: phase,
      refName: phase,
      identifier: `${stage.name}.${phase}`,
      order: order + 1,
      attempt: Math.max(...own.map(({ attempt }) => attempt)),
    },
    ...own.flatMap((job, index) => jobRecords(stage, job, id, index, context)),
  ];
}

function jobRecords(
  stage: StageRecord,
  job: JobRecord,
  phaseId: string,
  index: number,
  context: TimelineContext,
): unknown[] {
  const identifier = [stage.name, job.phase, job.name === job.phase ? '__default' : job.name].join('.');
  return [
    {
      ...timed('Job', job, context),
      id: job.id,
      parentId: phaseId,
      name: job.displayName,
      refName: job.name,
      identifier,
      order: index + 1,
      attempt: job.attempt,
      previousAttempts: previous(stage.jobs, job).map((each) => withTimeline(each, context)),
      resultCode: job.note ?? null,
      issues: [],
      errorCount: countOf(job, 'error'),
      warningCount: countOf(job, 'warning'),
    },
    ...job.steps.map((step, order) => taskRecord(step, `${identifier}.${step.name}`, job, order, context)),
  ];
}

function taskRecord(
  step: StepRecord,
  identifier: string,
  job: JobRecord,
  order: number,
  context: TimelineContext,
): unknown {
  const number = context.logs.get(step.id);
  return {
    ...timed('Task', step, context),
    id: step.id,
    parentId: job.id,
    name: step.displayName,
    refName: step.name,
    identifier,
    order: order + 1,
    attempt: job.attempt,
    task: context.task(step.task) ?? null,
    currentOperation: step.progress?.text ?? null,
    percentComplete: step.progress?.percent ?? null,
    issues: step.issues.map(issueOf),
    errorCount: step.issues.filter(({ type }) => type === 'error').length,
    warningCount: step.issues.filter(({ type }) => type === 'warning').length,
    log: number === undefined ? null : { id: number, type: 'Container', url: `${context.url}/logs/${number}` },
  };
}

function issueOf(issue: IssueRecord): Record<string, unknown> {
  const data = {
    type: issue.type,
    ...(issue.code === '' ? {} : { code: issue.code }),
    ...(issue.file === '' ? {} : { sourcepath: issue.file }),
    ...(issue.line === undefined ? {} : { linenumber: String(issue.line) }),
    ...(issue.column === undefined ? {} : { columnnumber: String(issue.column) }),
  };
  return { type: issue.type, category: 'General', message: issue.message, data };
}

interface Timed {
  readonly state: State;
  readonly result: Result | undefined;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

function timed(type: string, record: Timed, { url }: TimelineContext): Record<string, unknown> {
  return {
    previousAttempts: [],
    type,
    startTime: record.startedAt ?? null,
    finishTime: record.finishedAt ?? null,
    currentOperation: null,
    percentComplete: null,
    state: record.state,
    result: record.result ?? null,
    resultCode: null,
    changeId: 1,
    lastModified: '0001-01-01T00:00:00',
    workerName: null,
    details: null,
    errorCount: 0,
    warningCount: 0,
    url,
    log: null,
    task: null,
  };
}

/** Of jobs side by side: over when all are, as bad as the worst. */
function together(jobs: readonly JobRecord[]): Timed {
  const worst: readonly Result[] = ['failed', 'canceled', 'succeededWithIssues', 'succeeded', 'skipped'];
  const state: State = jobs.every((job) => job.state === 'completed')
    ? 'completed'
    : jobs.every((job) => job.state === 'pending')
      ? 'pending'
      : 'inProgress';
  return {
    state,
    result: state === 'completed' ? worst.find((result) => jobs.some((job) => job.result === result)) : undefined,
    startedAt: jobs.flatMap(({ startedAt }) => startedAt ?? []).sort()[0],
    finishedAt:
      state === 'completed'
        ? jobs
            .flatMap(({ finishedAt }) => finishedAt ?? [])
            .sort()
            .at(-1)
        : undefined,
  };
}

function countOf(job: JobRecord, type: IssueRecord['type']): number {
  return job.steps.flatMap(({ issues }) => issues).filter((issue) => issue.type === type).length;
}

function withTimeline({ attempt, recordId }: Attempt, context: TimelineContext): Record<string, unknown> {
  return { attempt, timelineId: context.timelineOfAttempt(attempt), recordId };
}
