import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/clock';
import { deployJobs } from '../demo/deploy-jobs';
import { packageRoot } from '../package-root';
import { ExpandError } from '../pipelines/expand/expand-error';
import { SourceError } from '../pipelines/expand/templates/file-source';
import { renderRunPage } from '../pipelines/page/render-run-page';
import { CannotRun } from '../pipelines/queue/cannot-run';
import type { QueueRequest, Surroundings } from '../pipelines/queue/queue-request';
import { queueRun, retryStage } from '../pipelines/queue/queue-run';
import { readSources } from '../pipelines/queue/sources';
import { RunFolders } from '../pipelines/record/run-folders';
import { textsBelow } from '../pipelines/record/texts-below';
import type { Caller } from '../pipelines/record/way-on';
import type { RecordedRun } from '../pipelines/service/ports';
import { ConnectionUnusable } from '../pipelines/settings/connections';
import { SettingsInvalid } from '../pipelines/settings/settings-file';
import { SecretMissing } from '../pipelines/settings/variable-groups';
import { paintFor } from '../terminal/paint';
import { print, printJson } from '../terminal/print';
import { audienceOf } from '../terminal/run-audience';
import { runSummary } from '../terminal/run-summary';
import { type RunView, runView } from '../terminal/run-view';
import { answersOf } from './answer-approvals';
import { complain } from './complain';
import { evidenceLines } from './evidence-lines';
import { repositoryRootOf } from './expand';
import { calledAs } from './own-program';
import { RUN_USAGE, type RunOptions, readRunOptions } from './run-options';

/** `databricks-mlops run FILE` (contract 9). */
export async function run(args: readonly string[]): Promise<number> {
  const options = readRunOptions(args);
  if (options.help) {
    print(RUN_USAGE);
    return 0;
  }
  const stream = options.json ? process.stderr : process.stdout;
  const view = runView(stream);
  const running: { endAtOnce?: () => void } = {};
  const tell = (ended: RecordedRun): void => {
    view.end();
    if (options.json) {
      printJson(ended.record, 2);
    } else {
      print(`${summaryOf(ended, options)}\n`);
    }
  };
  const interrupted = interruption(view, () => running.endAtOnce?.());
  try {
    const ended = await started(
      options,
      surroundings(options, view, interrupted, (run, access) => {
        running.endAtOnce = () => {
          access.endAtOnce();
          tell(run);
        };
      }),
    );
    tell(ended);
    const { result } = ended.record;
    return result === 'succeeded' || result === 'succeededWithIssues' ? 0 : 1;
  } catch (error) {
    view.end();
    const sentences = sentencesOf(error);
    if (sentences === undefined) {
      throw error;
    }
    complain(sentences);
    return 1;
  }
}

function started(options: RunOptions, around: Surroundings): Promise<RecordedRun> {
  const { retry, file } = options;
  if (retry !== undefined) {
    return retryStage(retry.run, retry.stage, around);
  }
  return queueRun(requestOf(options, file ?? ''), around);
}

function requestOf(options: RunOptions, file: string): QueueRequest {
  const self = options.repositories.get('self') ?? repositoryRootOf(file);
  const { reason, fork, schedule } = options;
  return {
    file,
    repositories: { ...Object.fromEntries(options.repositories), self },
    parameters: Object.fromEntries(options.parameters),
    variables: Object.fromEntries(options.variables),
    queuedFor: { reason, branch: options.branch ?? readSources(self).branch, fork, schedule },
    skipped: options.skipped,
    stubs: Object.fromEntries(options.stubs),
  };
}

function surroundings(
  options: RunOptions,
  view: RunView,
  signal: AbortSignal,
  begins: Surroundings['audience']['begins'],
): Surroundings {
  const { jobs } = options;
  let running: RecordedRun | undefined;
  return {
    runs: new RunFolders(options.out),
    settings: options.settings,
    workspaceData: options.data,
    tasksFolder: join(packageRoot(), 'dist', 'tasks'),
    environment: process.env,
    clock: systemClock,
    signal,
    audience: {
      ...audienceOf(view),
      begins: (run, access) => {
        running = run;
        view.begins(run.record);
        begins(run, access);
      },
    },
    answers: options.answers,
    ...answersOf({
      given: options.answers,
      view,
      clock: systemClock,
      input: process.stdin,
      output: options.json ? process.stderr : process.stdout,
      evidence: (stage) =>
        running === undefined ? [] : evidenceLines(running.record, stage, textsBelow(running.folder)),
    }),
    page: ({ record, folder }, goesOn) =>
      renderRunPage(record, textsBelow(folder), { caller: callerOf(options), goesOn }),
    ...(jobs === undefined
      ? {}
      : {
          beforeRun: ({ workspaces, commit }) =>
            deployJobs({ folder: jobs, commit, environment: process.env, notice: view.notice }, workspaces),
        }),
  };
}

/**
 * Aborted by the first Ctrl-C, which cancels the run as Azure DevOps does; the second ends this process and what it started.
 * @param endAtOnce closes the record of the run and says how it ended
 */
function interruption(view: RunView, endAtOnce: () => void): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        try {
          endAtOnce();
        } catch (error) {
          view.notice(`The record of the run could not be written: ${error instanceof Error ? error.message : error}`);
        }
        process.exit(130);
      }
      view.notice('Cancelling the run; once more ends it at once.');
      controller.abort(new Error('The run was canceled.'));
    });
  }
  return controller.signal;
}

function callerOf({ places }: RunOptions): Caller {
  return { program: calledAs(), places };
}

function summaryOf({ record, folder }: RecordedRun, options: RunOptions): string {
  return runSummary(record, {
    caller: callerOf(options),
    paint: paintFor(process.stdout),
    folder,
    from: process.cwd(),
    readLog: (path) => textsBelow(folder)(path) ?? '',
    page: existsSync(join(folder, 'index.html')),
  });
}

/** What is wrong with what was asked for; `undefined` for a defect. */
function sentencesOf(error: unknown): string | undefined {
  if (error instanceof ExpandError) {
    return error.sentences;
  }
  const said = [CannotRun, SettingsInvalid, SourceError, ConnectionUnusable, SecretMissing];
  return error instanceof Error && said.some((kind) => error instanceof kind) ? error.message : undefined;
}
