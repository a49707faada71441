import type {
  CheckRunRecord,
  JobRecord,
  Result,
  RunRecord,
  StageRecord,
  StepRecord,
} from '../../local/pipelines/record/run-record';

const START = Date.parse('2026-03-02T09:00:00Z');

/** A recorded run with the files below its folder. */
export interface SampleRun {
  readonly record: RunRecord;
  readonly files: ReadonlyMap<string, string>;
  read(path: string): string | undefined;
  /** Whether a process goes on with it; left out: as long as the record has not ended. */
  readonly goesOn?: boolean;
}

/** Builds records the way a run leaves them: every id its own, times rising, each step with a log. */
export class SampleRunBuilder {
  readonly files = new Map<string, string>();
  readonly stages: StageRecord[] = [];
  #ids = 0;
  #now = START;

  id(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  /** The next moment, after `seconds`. */
  time(seconds = 1): string {
    this.#now += seconds * 1000;
    return new Date(this.#now).toISOString();
  }

  step(
    displayName: string,
    result: Result | undefined,
    more: Partial<StepRecord> & { lines?: readonly string[] } = {},
  ) {
    const { lines = [`Starting: ${displayName}`, `Finishing: ${displayName}`], ...fields } = more;
    const id = this.id();
    const log = `logs/${id}.log`;
    const startedAt = result === 'skipped' ? undefined : this.time();
    if (startedAt !== undefined) {
      this.files.set(log, lines.map((line) => `${startedAt.replace('Z', '0000Z')} ${line}\n`).join(''));
    }
    const step: StepRecord = {
      id,
      name: `step${this.#ids}`,
      displayName,
      task: 'CmdLine@2',
      attempts: 1,
      log,
      message: '',
      progress: undefined,
      issues: [],
      attachments: [],
      state: result === undefined ? 'inProgress' : 'completed',
      result,
      startedAt,
      finishedAt: result === undefined || startedAt === undefined ? undefined : this.time(7),
      ...fields,
    };
    return step;
  }

  /** A summary in Markdown as attachment of a step. */
  summary(markdown: string): StepRecord['attachments'] {
    const file = `attachments/${this.id()}.md`;
    this.files.set(file, markdown);
    return [{ type: 'Distributedtask.Core.Summary', name: 'summary.md', file }];
  }

  job(displayName: string, steps: StepRecord[], more: Partial<JobRecord> = {}): JobRecord {
    const result = worst(steps.map((step) => step.result));
    return {
      id: this.id(),
      phase: 'main',
      name: 'main',
      displayName,
      attempt: 1,
      dependsOn: [],
      environment: undefined,
      hook: undefined,
      note: undefined,
      steps,
      outputs: {},
      state: result === undefined ? 'inProgress' : 'completed',
      result,
      startedAt: steps[0]?.startedAt,
      finishedAt: result === undefined ? undefined : steps.at(-1)?.finishedAt,
      ...more,
    };
  }

  stage(name: string, dependsOn: readonly string[], jobs: JobRecord[], more: Partial<StageRecord> = {}): StageRecord {
    const result = jobs.length === 0 ? 'skipped' : worst(jobs.map((job) => job.result));
    const stage: StageRecord = {
      id: this.id(),
      name,
      displayName: name,
      attempt: 1,
      dependsOn,
      note: undefined,
      checkpoint: undefined,
      jobs,
      state: result === undefined ? 'inProgress' : 'completed',
      result,
      startedAt: jobs[0]?.startedAt,
      finishedAt: result === undefined ? undefined : jobs.at(-1)?.finishedAt,
      ...more,
    };
    this.stages.push(stage);
    return stage;
  }

  approval(environment: string, status: CheckRunRecord['status'], comment = ''): CheckRunRecord {
    const answered = status !== 'pending';
    const createdAt = this.time();
    const approver = { id: this.id(), name: 'approver' };
    return {
      id: this.id(),
      kind: 'approval',
      resource: { type: 'environment', id: '3', name: environment },
      status,
      createdAt,
      completedAt: answered ? this.time(90) : undefined,
      message: undefined,
      approval: {
        minimumApprovers: 1,
        requesterMayApprove: false,
        instructions: 'Read the report of stage evaluate_prod before you approve.',
        timeoutMinutes: 43200,
        steps: [
          {
            assignedApprover: approver,
            actualApprover: answered ? approver : undefined,
            status: answered ? (status === 'approved' ? 'approved' : 'rejected') : 'pending',
            comment,
            initiatedAt: createdAt,
            modifiedAt: answered ? this.time(0) : undefined,
          },
        ],
      },
    };
  }

  run(more: Partial<RunRecord> = {}): SampleRun {
    const record: RunRecord = {
      apiVersion: 'databricks-mlops/run/v1',
      id: '7',
      number: '20260302.1 diabetes 18',
      pipeline: { id: '1', name: 'diabetes', file: 'samples/diabetes/azure-pipelines.yml' },
      project: { id: this.id(), name: 'mlops' },
      reason: 'manual',
      branch: 'refs/heads/release/2026-03',
      commit: '4f0c1f9be2a84c0f9a7d58b3a2f1c0d9e8b7a6f5',
      fork: false,
      requestedFor: { id: this.id(), name: 'developer' },
      parameters: {},
      planId: this.id(),
      timelineId: this.id(),
      queuedAt: new Date(START).toISOString(),
      state: 'completed',
      result: worst([...new Map(this.stages.map((stage) => [stage.name, stage.result])).values()]) ?? 'canceled',
      finishedAt: this.time(),
      tags: [],
      stages: this.stages,
      artifacts: [],
      tests: [],
      ...more,
    };
    const { files } = this;
    return { record, files, read: (path) => files.get(path) };
  }
}

const ORDER: readonly (Result | undefined)[] = [
  'failed',
  undefined,
  'canceled',
  'succeededWithIssues',
  'succeeded',
  'skipped',
];

function worst(results: readonly (Result | undefined)[]): Result | undefined {
  return results.length === 0 ? 'succeeded' : ORDER.find((one) => results.includes(one));
}
