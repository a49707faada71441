import { join, relative } from 'node:path';
import { systemClock } from '../../src/clock';
import { renderRunPage } from '../pipelines/page/render-run-page';
import type { QueueRequest, Surroundings } from '../pipelines/queue/queue-request';
import { queueRun } from '../pipelines/queue/queue-run';
import { RunFolders } from '../pipelines/record/run-folders';
import type { Result } from '../pipelines/record/run-record';
import { textsBelow } from '../pipelines/record/texts-below';
import type { Caller } from '../pipelines/record/way-on';
import type { RecordedRun } from '../pipelines/service/ports';
import type { LocalWorkspace } from '../pipelines/settings/connections';
import type { Paint } from '../terminal/paint';
import { audienceOf } from '../terminal/run-audience';
import { runSummary } from '../terminal/run-summary';
import { runView } from '../terminal/run-view';
import { APPROVER, type DemoPlace } from './demo-place';
import { deployJobs } from './deploy-jobs';

/** What is around the runs of a demo. */
export interface DemoStage {
  readonly place: DemoPlace;
  readonly tasksFolder: string;
  readonly workspaces: readonly LocalWorkspace[];
  readonly paint: Paint;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A pipeline that the demo runs. */
export interface DemoRun {
  readonly file: 'azure-pipelines.yml' | 'rollback.yml';
  readonly reason: QueueRequest['queuedFor']['reason'];
  readonly branch: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly expected: Result;
}

/** How the command is called from the folder of this package, in which the demo runs. */
export function demoCaller(data: string): Caller {
  return { program: ['node', 'bin/databricks-mlops.mjs'], places: ['--data', relative(process.cwd(), data)] };
}

/** A run that did not end as the demo expects. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/**
 * Runs a pipeline as the command `run` does, on workspaces that run already; approvals are given.
 * @throws DemoFailure when it ends otherwise than expected; the signal's reason on Ctrl-C
 */
export async function runDemoPipeline(stage: DemoStage, run: DemoRun): Promise<RecordedRun> {
  const { place, signal, paint } = stage;
  signal.throwIfAborted();
  const view = runView(process.stdout);
  const { repository, templates } = place;
  const request: QueueRequest = {
    file: join(repository, run.file),
    repositories: { self: repository, mlops: templates },
    parameters: run.parameters ?? {},
    variables: {},
    queuedFor: { reason: run.reason, branch: run.branch, fork: false, schedule: undefined },
    skipped: [],
    stubs: {},
  };
  const ended = await queueRun(request, surroundings(stage, view)).finally(() => view.end());
  signal.throwIfAborted();
  if (ended.record.result !== run.expected) {
    const summary = runSummary(ended.record, {
      paint,
      folder: ended.folder,
      from: process.cwd(),
      readLog: (path) => textsBelow(ended.folder)(path) ?? '',
      page: true,
    });
    throw new DemoFailure(`The run was expected to end '${run.expected}'.\n${summary}`);
  }
  return ended;
}

function surroundings(
  { place, tasksFolder, workspaces, signal, paint }: DemoStage,
  view: ReturnType<typeof runView>,
): Surroundings {
  return {
    runs: new RunFolders(place.runs),
    settings: place.settings,
    workspaceData: '',
    workspaces,
    tasksFolder,
    environment: process.env,
    clock: systemClock,
    signal,
    audience: audienceOf(view),
    decide: async ({ check }) => {
      view.notice(`Approval on ${check.resource.name}: given by ${paint.bold(APPROVER)}, because this is a demo.`);
      return { kind: 'approved', by: APPROVER, comment: 'Given by the demo.' };
    },
    manualValidation: async () => 'rejected',
    page: ({ record, folder }, goesOn) =>
      renderRunPage(record, textsBelow(folder), { goesOn, caller: demoCaller(place.data) }),
    beforeRun: ({ commit }) =>
      deployJobs({ folder: place.repository, commit, environment: {}, notice: view.notice }, workspaces),
  };
}

/** Path of a run's page, as it is opened from here. */
export function pageOf({ folder }: RecordedRun): string {
  return relative(process.cwd(), join(folder, 'index.html'));
}
