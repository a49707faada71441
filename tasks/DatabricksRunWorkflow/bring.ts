import type { TaskContext } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { isUnanswered } from '../../src/http/unanswered';
import { bringDownload, type Downloaded } from '../../src/workflow/downloads';
import type { Download } from '../../src/workflow/read-downloads';
import type { RemoteGlob } from '../../src/workflow/remote-glob';
import { bringTestResults, failedTestLine, nameOfTest, type TestResults } from '../../src/workflow/test-results';
import type { EndedRun } from './ended-run';
import type { Wanted } from './wanted';

/** What was brought back, and what is wrong with it. */
export interface Brought {
  readonly tests: TestResults | undefined;
  readonly downloads: readonly Downloaded[];
  /** Why the step fails, although the run itself did not make it fail. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/**
 * Brings back test results and files, whatever became of the run. What is missing fails the step after a run that would pass; after one that
 * fails it is a warning, because the run's own end is the reason.
 * @throws a cancel, and what is no error of ours
 */
export async function bring(
  { run }: EndedRun,
  wanted: Wanted,
  runFails: boolean,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<Brought> {
  const problems: TaskError[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    // What ended so has waited its whole time already.
    if (problems.some(isUnanswered)) {
      context.log.info(`Not brought, because what was asked before was not answered: ${what}.`);
      return undefined;
    }
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TaskError) || error.code === 'CANCELED') {
        throw error;
      }
      problems.push(error);
      return undefined;
    }
  };
  const tests =
    wanted.testResults.length === 0
      ? undefined
      : await attempt('the test results', () =>
          bringTestResults(
            workspace,
            wanted.testResults,
            Number(run.start_time || Number.NaN),
            context.files.folder,
            context,
          ),
        );
  if (tests !== undefined) {
    publish(tests, run.run_name ?? `run ${run.run_id}`, context);
    await attempt('the test results', async () => checkTests(tests, wanted.testResults, context));
  }
  // After the tests: of several problems the first fails the step, and a failed test is the one to act on.
  const downloads: Downloaded[] = [];
  for (const download of wanted.downloads) {
    const done = await attempt(download.remote, () => downloadOne(download, wanted.roots, workspace, context));
    downloads.push(...(done === undefined ? [] : [done]));
  }
  const [first, ...others] = problems;
  for (const problem of runFails ? problems : others) {
    context.log.warning(problem.sentences, problem.code);
  }
  const failure = first === undefined || runFails ? {} : { failure: { code: first.code, message: first.sentences } };
  return { tests, downloads, ...failure };
}

async function downloadOne(
  download: Download,
  roots: readonly string[],
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<Downloaded> {
  const done = await bringDownload(workspace, download, roots, context);
  if (done === undefined) {
    throw new TaskError('DOWNLOAD_MISSING', `There is nothing at ${download.remote}.`, {
      todo: "Correct 'downloads', and let the identity of this step read there.",
    });
  }
  context.log.info(
    `Brought ${counted(done.files, 'file')}, ${counted(done.bytes, 'byte')}, from ${done.remote} to ${done.local}.`,
  );
  return done;
}

function publish(tests: TestResults, name: string, { host, log, outputs }: TaskContext): void {
  outputs.set('testsTotal', tests.total);
  outputs.set('testsFailed', tests.failed.length);
  for (const { remote, local, tests: total, failed } of tests.files) {
    log.info(`${remote}: ${counted(total, 'test')}, ${failed} failed.`);
    host.publishTestResults({ path: local, title: `${name}: ${remote.slice(remote.lastIndexOf('/') + 1)}` });
  }
}

const NAMES_SHOWN = 5;
/** Failed tests whose messages are shown where there is no Tests tab. */
const MESSAGES_SHOWN = 20;

function checkTests(
  { files, total, failed, stale }: TestResults,
  globs: readonly RemoteGlob[],
  { host, log }: TaskContext,
): void {
  if (files.length === 0) {
    const old =
      stale.length === 0
        ? ''
        : ` ${stale.length} match, but are not known to have been written since the run began, such as ${stale[0]}.`;
    throw new TaskError('TEST_RESULTS_MISSING', 'The run left no test results.', {
      where: `Looked for: ${globs.map(({ text }) => text).join(', ')}.${old}`,
      todo: "Let the run write JUnit XML there, or correct 'testResults'.",
    });
  }
  if (total === 0) {
    throw new TaskError(
      'TEST_RESULTS_EMPTY',
      `The test results hold no test at all (${counted(files.length, 'file')}).`,
      {
        todo: 'Look at why the run collected no tests: nothing tested is not a success.',
      },
    );
  }
  if (failed.length > 0) {
    const hasTestsTab = host.kind === 'pipeline';
    for (const test of hasTestsTab ? [] : failed.slice(0, MESSAGES_SHOWN)) {
      log.info(failedTestLine(test));
    }
    const names = failed.slice(0, NAMES_SHOWN).map(nameOfTest);
    const more = failed.length > NAMES_SHOWN ? ` and ${failed.length - NAMES_SHOWN} more` : '';
    throw new TaskError(
      'TESTS_FAILED',
      `${failed.length} of ${counted(total, 'test')} failed: ${names.join(', ')}${more}.`,
      {
        todo: hasTestsTab
          ? 'See the Tests tab for their messages.'
          : 'Their messages stand above, and whole in the files.',
      },
    );
  }
}
