import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentOptions } from '../../local/pipelines/agent/agent-options';
import type { JobOutcome, JobRequest, RunEvents, Variable } from '../../local/pipelines/agent/job-request';
import { runJob } from '../../local/pipelines/agent/run-job';
import type { Place } from '../../local/pipelines/expand/place';
import type { StepPlan } from '../../local/pipelines/plan/pipeline-plan';
import type {
  ArtifactRecord,
  IssueRecord,
  JobRecord,
  StepRecord,
  TestCaseRecord,
} from '../../local/pipelines/record/run-record';
import { systemClock } from '../../src/clock';
import { capture, captureFolder, mustNotAppear } from './captured-output';

const AT: Place = {
  frame: { file: 'azure-pipelines.yml', repository: 'self', path: '/azure-pipelines.yml', level: 0 },
  line: 7,
  column: 3,
};

/** A step of a test: a task with inputs and whatever else differs from an ordinary one. */
export function taskStep(
  task: string,
  inputs: Readonly<Record<string, string>> = {},
  more: Partial<StepPlan> = {},
): StepPlan {
  return {
    task,
    name: undefined,
    displayName: undefined,
    condition: undefined,
    continueOnError: 'false',
    enabled: 'true',
    timeoutInMinutes: '0',
    retryCountOnTaskFailure: '0',
    inputs,
    env: {},
    at: AT,
    ...more,
  };
}

/** A step `script:` as the normal form has it. */
export function scriptStep(script: string, more: Partial<StepPlan> = {}): StepPlan {
  return taskStep('CmdLine@2', { script }, more);
}

export const NO_CHECKOUT = taskStep(
  '6d15af64-176c-496d-b583-fd2ae21d4df4@1',
  { repository: 'none' },
  { condition: 'false' },
);

/** What differs from a job with an open end, without repositories and connections. */
export interface TestJob extends Partial<Omit<JobRequest, 'variables' | 'record'>> {
  readonly steps: readonly StepPlan[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly record?: Partial<JobRecord>;
  readonly options?: Partial<AgentOptions>;
  readonly events?: Partial<RunEvents>;
  /** By default the job checks out nothing. */
  readonly checksOut?: boolean;
  readonly onLine?: (text: string, step: StepRecord) => void;
  /** In which folder the job's own one is made; default: that of the system for temporary files. */
  readonly inFolder?: string;
}

export interface FinishedJob {
  readonly outcome: JobOutcome;
  readonly record: JobRecord;
  readonly lines: readonly string[];
  readonly issues: readonly IssueRecord[];
  /** Calls of events that change the run, by name. */
  readonly calls: readonly (readonly unknown[])[];
  readonly tests: readonly { readonly title: string; readonly cases: readonly TestCaseRecord[] }[];
  /** Step logs as they were written, by the step's name. */
  readonly logs: ReadonlyMap<string, string>;
  /** Work folder; removed at the end of the suite by nobody, as it lies in the system's temporary folder. */
  readonly folder: string;
  /** The record of a step. */
  step(name: string): StepRecord;
}

/** Runs a job for a test, with real processes. */
export async function runTestJob(test: TestJob): Promise<FinishedJob> {
  const folder = mkdtempSync(join(test.inFolder ?? tmpdir(), 'agent-job-'));
  const lines: string[] = [];
  const issues: IssueRecord[] = [];
  const calls: unknown[][] = [];
  const tests: { title: string; cases: readonly TestCaseRecord[] }[] = [];
  const record = jobRecord(test.record);
  const events: RunEvents = {
    changed: () => undefined,
    stepStarted: () => undefined,
    stepFinished: () => undefined,
    line: (_job, step, text) => {
      lines.push(text);
      test.onLine?.(text, step);
    },
    issue: (_job, _step, issue) => {
      issues.push(issue);
    },
    setRunNumber: (number) => calls.push(['setRunNumber', number]),
    addTag: (tag) => calls.push(['addTag', tag]),
    addTests: (title, _job, cases) => tests.push({ title, cases }),
    attach: (_job, step, type, name, file) => {
      calls.push(['attach', type, name, readFileSync(file, 'utf8')]);
      const attachment = { type, name, file: `attachments/${name}` };
      step.attachments.push(attachment);
      return attachment;
    },
    publishArtifact: async (job, kind, name, path) => {
      calls.push(['publishArtifact', kind, name, path]);
      return artifactRecord(job, kind, name);
    },
    artifacts: () => [],
    manualValidation: async () => 'resumed',
    ...test.events,
  };
  const variables = new Map<string, Variable>([
    ...Object.entries(test.variables ?? {}).map(([name, value]) => [name, variable(value, false)] as const),
    ...Object.entries(test.secrets ?? {}).map(([name, value]) => [name, variable(value, true)] as const),
  ]);
  const request: JobRequest = {
    on: 'agent',
    deployment: false,
    repositories: [],
    connection: () => undefined,
    withholdsConnections: false,
    jobAccessToken: 'job-token-of-the-test',
    collectionUrl: 'http://127.0.0.1:9/',
    folder: join(folder, 'work'),
    timeoutMinutes: 0,
    cancelTimeoutMinutes: 5,
    signal: new AbortController().signal,
    ...test,
    steps: test.checksOut === true || test.on === 'server' ? test.steps : [NO_CHECKOUT, ...test.steps],
    record,
    variables,
  };
  for (const secret of Object.values(test.secrets ?? {})) {
    mustNotAppear(secret);
  }
  mustNotAppear(request.jobAccessToken);
  const outcome = await runJob(request, events, {
    clock: systemClock,
    tasksFolder: join(__dirname, '..', '..', 'dist', 'tasks'),
    runFolder: join(folder, 'run'),
    ...test.options,
  });
  const logs = new Map(
    record.steps.map((step) => [
      step.name,
      step.startedAt === undefined ? '' : readFileSync(join(folder, 'run', step.log), 'utf8'),
    ]),
  );
  const said = [...lines, ...issues.map(({ message }) => message), JSON.stringify([calls, tests, record])];
  capture('a job of the agent', said.join('\n'));
  captureFolder('a job of the agent', join(folder, 'run'));
  return {
    outcome,
    record,
    lines,
    issues,
    calls,
    tests,
    logs,
    folder,
    step: (name) => {
      const found = record.steps.find((step) => step.name === name);
      if (found === undefined) {
        throw new Error(`no step '${name}' among ${record.steps.map((step) => step.name).join(', ')}`);
      }
      return found;
    },
  };
}

/** Removes what a job of a test left in the system's temporary folder. */
export function removeJob(job: FinishedJob): void {
  rmSync(job.folder, { recursive: true, force: true });
}

function variable(value: string, secret: boolean): Variable {
  return { value, secret, readOnly: false };
}

function jobRecord(more: Partial<JobRecord> = {}): JobRecord {
  return {
    id: crypto.randomUUID(),
    phase: 'build',
    name: 'build',
    displayName: 'Build',
    attempt: 1,
    dependsOn: [],
    environment: undefined,
    hook: undefined,
    note: undefined,
    steps: [],
    outputs: {},
    state: 'pending',
    result: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    ...more,
  };
}

function artifactRecord(job: JobRecord, kind: ArtifactRecord['kind'], name: string): ArtifactRecord {
  return { id: 1, name, kind, folder: `artifacts/${name}`, source: job.id, files: 1, bytes: 1 };
}
