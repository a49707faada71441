import type { JobOutcome, JobRequest, RunEvents, Variable } from '../../local/pipelines/agent/job-request';
import { expandPipeline } from '../../local/pipelines/expand/pipeline/expand-pipeline';
import type { PipelinePlan } from '../../local/pipelines/plan/pipeline-plan';
import { planPipeline } from '../../local/pipelines/plan/plan-pipeline';
import type { JobRecord, Result, RunRecord, StageRecord } from '../../local/pipelines/record/run-record';
import { runPipeline } from '../../local/pipelines/run/run-pipeline';
import type { EnvironmentChecks, RunRequest, StageEvents } from '../../local/pipelines/run/run-request';
import type { Clock } from '../../src/clock';
import { filesInMemory } from './expand-pipeline';
import { VirtualClock } from './virtual-clock';

/** What a fake job gives; outputs are `step.variable`, secret ones begin with `!`. */
export interface FakeOutcome {
  readonly result?: Result;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** How a run in tests differs from one in which every job succeeds. */
export interface FakeRun {
  /** By `job` or `stage.job` or `stage.job.leg`; or decided when the job runs. */
  readonly jobs?:
    | Readonly<Record<string, FakeOutcome | Result>>
    | ((job: JobRequest, key: string) => FakeOutcome | Promise<FakeOutcome>);
  readonly request?: Partial<RunRequest>;
  readonly environments?: Readonly<Record<string, Partial<EnvironmentChecks>>>;
  readonly record?: RunRecord;
  readonly clock?: Clock;
}

export interface Ran {
  readonly record: RunRecord;
  /** `stage.job.leg` in the order in which they began. */
  readonly began: readonly string[];
  readonly requests: ReadonlyMap<string, JobRequest>;
}

export function planOf(pipeline: string): PipelinePlan {
  return planPipeline(
    expandPipeline({ file: 'azure-pipelines.yml', source: filesInMemory({ 'azure-pipelines.yml': pipeline }) }),
  );
}

export function freshRecord(): RunRecord {
  return {
    apiVersion: 'databricks-mlops/run/v1',
    id: '7',
    number: '20260101.1',
    pipeline: { id: '1', name: 'churn', file: 'azure-pipelines.yml' },
    project: { id: '11111111-1111-4111-8111-111111111111', name: 'local' },
    reason: 'IndividualCI',
    branch: 'refs/heads/main',
    commit: '0000000000000000000000000000000000000000',
    fork: false,
    requestedFor: { id: 'ada@contoso.com', name: 'Ada' },
    parameters: {},
    planId: '22222222-2222-4222-8222-222222222222',
    timelineId: '33333333-3333-4333-8333-333333333333',
    queuedAt: '2026-01-02T03:04:05.000Z',
    state: 'pending',
    result: undefined,
    finishedAt: undefined,
    tags: [],
    stages: [],
    artifacts: [],
    tests: [],
  };
}

export const NO_CHECKS: EnvironmentChecks = {
  id: '1',
  approvals: [],
  allowedBranches: undefined,
  exclusiveLock: false,
};

/** Runs a pipeline whose jobs are fakes; everything else is the runner's own. */
export async function runOf(pipeline: string | PipelinePlan, fake: FakeRun = {}): Promise<Ran> {
  const plan = typeof pipeline === 'string' ? planOf(pipeline) : pipeline;
  const began: string[] = [];
  const requests = new Map<string, JobRequest>();
  const record = await runPipeline({
    plan,
    record: fake.record ?? freshRecord(),
    skipped: new Set(),
    variables: new Map([['Build.Reason', { value: 'IndividualCI', secret: false, readOnly: true }]]),
    variableGroup: () => undefined,
    repositories: [],
    connection: () => undefined,
    environment: (name) => ({ ...NO_CHECKS, ...fake.environments?.[name] }),
    decide: () => Promise.reject(new Error('nobody was expected to be asked')),
    exclusiveLock: async () => () => undefined,
    runJob: async (job) => {
      const key = keyOf(job);
      began.push(key);
      requests.set(key, job);
      return outcomeOf(await fakeFor(fake, job, key));
    },
    events: SILENT,
    jobAccessToken: 'token',
    collectionUrl: 'http://127.0.0.1:1/',
    workFolder: '/nowhere',
    clock: fake.clock ?? new VirtualClock(),
    signal: new AbortController().signal,
    ...fake.request,
  });
  return { record, began, requests };
}

function keyOf({ variables, record }: JobRequest): string {
  const names = [variables.get('System.StageName')?.value, record.phase];
  return [...names, ...(record.name === record.phase ? [] : [record.name])].join('.');
}

async function fakeFor({ jobs }: FakeRun, job: JobRequest, key: string): Promise<FakeOutcome> {
  if (typeof jobs === 'function') {
    return jobs(job, key);
  }
  const found = jobs?.[key] ?? jobs?.[job.record.phase] ?? {};
  return typeof found === 'string' ? { result: found } : found;
}

function outcomeOf({ result = 'succeeded', outputs = {} }: FakeOutcome): JobOutcome {
  return {
    result,
    outputs: new Map(
      Object.entries(outputs).map(([name, value]): [string, Variable] => [
        name.replace(/^!/, ''),
        { value, secret: name.startsWith('!'), readOnly: false },
      ]),
    ),
  };
}

/** Newest record of a stage. */
export function stageOf({ record }: Pick<Ran, 'record'>, name: string): StageRecord {
  const found = record.stages.filter((stage) => stage.name === name).at(-1);
  if (found === undefined) {
    throw new Error(`There is no stage ${name}.`);
  }
  return found;
}

/** Newest results of the stages by name; `pending` where there is none. */
export function resultsOf(ran: Pick<Ran, 'record'>): Readonly<Record<string, string>> {
  return Object.fromEntries(ran.record.stages.map((stage) => [stage.name, stage.result ?? stage.state]));
}

/** Results of the jobs of a stage by their name. */
export function jobResults(stage: StageRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(stage.jobs.map((job: JobRecord) => [job.name, job.result ?? job.state]));
}

const SILENT: RunEvents & StageEvents = {
  changed: () => undefined,
  stageChanged: () => undefined,
  approvalWaits: () => undefined,
  stepStarted: () => undefined,
  stepFinished: () => undefined,
  line: () => undefined,
  issue: () => undefined,
  setRunNumber: () => undefined,
  addTag: () => undefined,
  addTests: () => undefined,
  attach: () => {
    throw new Error('no job of this run attaches anything');
  },
  publishArtifact: () => Promise.reject(new Error('no job of this run publishes anything')),
  artifacts: () => [],
  manualValidation: () => Promise.reject(new Error('no job of this run asks anybody')),
};
