import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { counted } from '../../../../src/counted';
import { NotJUnit, readJUnit } from '../../../../src/report/read-junit';
import type { TestCaseRecord } from '../../record/run-record';
import { StepFailure, type StepRun } from '../step-run';

export interface TestResultFiles {
  /** Only `JUnit` is read here. */
  readonly format: string;
  readonly files: readonly string[];
  /** One test run for all files. */
  readonly merge: boolean;
  /** Empty: named after the format and, of several runs, the file. */
  readonly title: string;
  readonly failOnFailedTests: boolean;
}

/**
 * Adds test results to the run. A file that cannot be read is a warning, as it is for the agent.
 * @throws StepFailure for a format that is not read here, or when tests failed and that is to fail the step
 */
export function publishTestResults(step: StepRun, results: TestResultFiles): void {
  if (results.format.toLowerCase() !== 'junit') {
    throw new StepFailure(
      `Test results of format '${results.format}' cannot be read on this machine, only JUnit. Let the tests write JUnit XML, or stub the task.`,
    );
  }
  const read = results.files.flatMap((file) => casesOf(step, file));
  const runs = results.merge ? [{ file: '', cases: read.flatMap(({ cases }) => cases) }] : read;
  for (const { file, cases } of read.length === 0 ? [] : runs) {
    const title = results.title || 'JUnit_TestResults';
    const name = file === '' ? title : `${title}_${basename(file)}`;
    step.job.events.addTests(step.mask(name), step.job.request.record, cases);
    step.print(`Test run '${name}': ${outcomesOf(cases)}.`);
  }
  const failed = read.flatMap(({ cases }) => cases).filter(({ outcome }) => outcome === 'failed').length;
  if (failed > 0 && results.failOnFailedTests) {
    throw new StepFailure(`${counted(failed, 'test')} failed.`);
  }
}

function casesOf(step: StepRun, file: string): { file: string; cases: TestCaseRecord[] }[] {
  const path = resolve(step.workingDirectory, file);
  try {
    const cases = readJUnit(readFileSync(path, 'utf8')).map((test) => ({
      ...test,
      suite: step.mask(test.suite),
      name: step.mask(test.name),
      message: step.mask(test.message),
    }));
    return [{ file, cases }];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof NotJUnit) && code === undefined) {
      throw error;
    }
    step.warning(`The test results '${path}' cannot be read: ${error instanceof NotJUnit ? error.message : code}.`);
    return [];
  }
}

function outcomesOf(cases: readonly TestCaseRecord[]): string {
  const count = (outcome: TestCaseRecord['outcome']) => cases.filter((test) => test.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
