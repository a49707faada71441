import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../local/package-root';
import type { TaskStub } from '../../local/pipelines/agent/job-request';
import type { QueueRequest, Surroundings } from '../../local/pipelines/queue/queue-request';
import { queueRun, retryStage } from '../../local/pipelines/queue/queue-run';
import { RunFolders } from '../../local/pipelines/record/run-folders';
import type { RunRecord, StageRecord, StepRecord } from '../../local/pipelines/record/run-record';
import type { RecordedRun } from '../../local/pipelines/service/ports';
import { systemClock } from '../../src/clock';
import { capture, captureFolder } from './captured-output';

/** A run with what it showed and the notices beside it. */
export interface Queued extends RecordedRun {
  readonly lines: readonly string[];
  readonly notices: readonly string[];
}

/** A repository with pipelines, in a temporary folder unless another is named, whose runs go on in this process: real agents, real steps, real stand-in. */
export class PipelineFolder {
  constructor(
    files: Readonly<Record<string, string>>,
    readonly root = mkdtempSync(join(tmpdir(), 'pipeline-')),
  ) {
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  /** Queues the pipeline and waits for its end. Approvals are left unanswered unless `around` decides. */
  run(request: Partial<QueueRequest> = {}, around: Partial<Surroundings> = {}): Promise<Queued> {
    return this.#watched(around, (surroundings) =>
      queueRun(
        {
          file: join(this.root, 'azure-pipelines.yml'),
          parameters: {},
          variables: {},
          queuedFor: { reason: 'push', branch: 'refs/heads/main', fork: false, schedule: undefined },
          skipped: [],
          stubs: {},
          ...request,
          repositories: { ...request.repositories, self: this.root },
        },
        surroundings,
      ),
    );
  }

  /** Runs a stage of an earlier run again, as another process would. */
  retry(runId: string, stage: string, around: Partial<Surroundings> = {}): Promise<Queued> {
    return this.#watched(around, (surroundings) => retryStage(runId, stage, surroundings));
  }

  /** Runs that were recorded here. */
  runs(): readonly RecordedRun[] {
    return new RunFolders(join(this.root, '.mlops', 'runs')).all();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  async #watched(
    around: Partial<Surroundings>,
    go: (surroundings: Surroundings) => Promise<RecordedRun>,
  ): Promise<Queued> {
    const lines: string[] = [];
    const notices: string[] = [];
    const ran = await go({
      runs: new RunFolders(join(this.root, '.mlops', 'runs')),
      settings: join(this.root, '.mlops'),
      workspaceData: join(this.root, '.mlops', 'workspaces'),
      tasksFolder: join(packageRoot(), 'dist', 'tasks'),
      environment: {},
      clock: systemClock,
      signal: new AbortController().signal,
      decide: async () => ({ kind: 'left' }),
      manualValidation: () => Promise.reject(new Error('no job of this run asks anybody')),
      ...around,
      audience: {
        begins: () => undefined,
        changed: () => undefined,
        stageChanged: () => undefined,
        approvalWaits: () => undefined,
        stepStarted: () => undefined,
        stepFinished: () => undefined,
        issue: () => undefined,
        ...around.audience,
        line: (_job, _step, text) => lines.push(text),
        notice: (sentence) => notices.push(sentence),
      },
    });
    capture('a queued run', [...lines, ...notices].join('\n'));
    captureFolder('a queued run', ran.folder);
    return { ...ran, lines, notices };
  }
}

/** A task that is not run and succeeds with these outputs. */
export function stub(outputs: Readonly<Record<string, string>> = {}): TaskStub {
  return { result: 'succeeded', outputs: { result: 'succeeded', ...outputs } };
}

/** Newest result of each stage by its name; its state where there is no result. */
export function stageResults({ record }: { readonly record: RunRecord }): Readonly<Record<string, string>> {
  return Object.fromEntries(record.stages.map((stage) => [stage.name, stage.result ?? stage.state]));
}

/** All attempts of a stage, the first one first. */
export function attemptsOf({ record }: { readonly record: RunRecord }, name: string): readonly StageRecord[] {
  return record.stages.filter((stage) => stage.name === name);
}

/** Every step of a stage's attempts. */
export function stepsIn(run: { readonly record: RunRecord }, stage: string): readonly StepRecord[] {
  return attemptsOf(run, stage).flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps));
}

/** What a step's log holds. */
export function logOf({ folder }: RecordedRun, step: StepRecord): string {
  return readFileSync(join(folder, step.log), 'utf8');
}
