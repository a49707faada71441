import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minimatch } from 'minimatch';
import { filesAt, type RemoteFile } from '../databricks/remote-files';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { NotJUnit, readJUnit, type TestCase } from '../report/read-junit';
import { bringFile, type Waiting } from './bring-file';
import type { RemoteGlob } from './remote-glob';
import { cut } from './task-output';

/** JUnit files that were brought here, and what they say. */
export interface TestResults {
  readonly files: readonly {
    readonly remote: string;
    readonly local: string;
    readonly tests: number;
    readonly failed: number;
  }[];
  readonly total: number;
  readonly skipped: number;
  readonly failed: readonly TestCase[];
  /** Files that match but are not known to have been written since the run began: they may be the results of another run. */
  readonly stale: readonly string[];
}

const MOST_FILES = 200;
const MOST_LISTED = 20_000;
const MOST_BYTES = 20_000_000;
const MOST_BYTES_IN_ALL = 100_000_000;
/** Characters that are kept of the message of a failed test; the Tests tab has all of it. */
const MESSAGE_CHARACTERS = 2_000;
/** Milliseconds by which the clocks of the two services may differ. */
const SKEW_MS = 2_000;

/**
 * Brings the JUnit files that match and were written since the run began into a folder, under names of our own, and reads them.
 * @param since when the run began, milliseconds since the epoch; NaN when that is not known: then no file is known to be of this run
 * @throws TaskError TEST_RESULTS_INVALID, TEST_RESULTS_TOO_MANY, and what bringing a file throws
 */
export async function bringTestResults(
  workspace: WorkspaceClient,
  globs: readonly RemoteGlob[],
  since: number,
  folder: string,
  waiting: Waiting,
): Promise<TestResults> {
  const { fresh, stale } = await matching(workspace, globs, since);
  const files: { remote: string; local: string; tests: number; failed: number }[] = [];
  const failed: TestCase[] = [];
  let [total, skipped, bytes] = [0, 0, 0];
  for (const [index, file] of fresh.entries()) {
    const local = join(folder, 'test-results', `${String(index + 1).padStart(3, '0')}-${safeName(file.path)}.xml`);
    bytes += await bringFile(workspace, file, local, Math.min(MOST_BYTES, MOST_BYTES_IN_ALL - bytes), waiting);
    const read = casesOf(file, readFileSync(local, 'utf8'));
    files.push({ remote: file.path, local, tests: read.length, failed: count(read, 'failed') });
    total += read.length;
    skipped += count(read, 'skipped');
    for (const test of read.filter(({ outcome }) => outcome === 'failed')) {
      failed.push({ ...test, message: cut(test.message, MESSAGE_CHARACTERS) });
    }
  }
  return { files, total, skipped, failed, stale };
}

async function matching(
  workspace: WorkspaceClient,
  globs: readonly RemoteGlob[],
  since: number,
): Promise<{ fresh: RemoteFile[]; stale: string[] }> {
  const fresh = new Map<string, RemoteFile>();
  const stale = new Set<string>();
  for (const glob of globs) {
    let listed = 0;
    for await (const file of (await filesAt(workspace, glob.base)) ?? []) {
      listed += 1;
      if (listed > MOST_LISTED) {
        throw tooMany(glob.text, `There are more than ${MOST_LISTED} files below ${glob.base}.`);
      }
      if (!isMeant(file.path, glob)) {
        continue;
      }
      if (file.modified !== undefined && file.modified >= since - SKEW_MS) {
        fresh.set(file.path, file);
      } else {
        stale.add(file.path);
      }
      if (fresh.size > MOST_FILES) {
        throw tooMany(glob.text, `More than ${MOST_FILES} files match.`);
      }
    }
  }
  if ([...fresh.values()].reduce((sum, { size = 0 }) => sum + size, 0) > MOST_BYTES_IN_ALL) {
    throw tooMany(
      globs.map(({ text }) => text).join(', '),
      `The files that match have more than ${MOST_BYTES_IN_ALL} bytes.`,
    );
  }
  return { fresh: [...fresh.values()], stale: [...stale] };
}

const PLAIN = { dot: true, nobrace: true, noext: true, nocomment: true, nonegate: true } as const;

function isMeant(path: string, { base, pattern }: RemoteGlob): boolean {
  return pattern === undefined ? path === base : minimatch(path, pattern, PLAIN);
}

function tooMany(glob: string, where: string): TaskError {
  return new TaskError('TEST_RESULTS_TOO_MANY', `The pattern '${glob}' of 'testResults' is too wide.`, {
    where,
    todo: 'Let each run write its results into a folder of its own, and name that.',
  });
}

function casesOf({ path }: RemoteFile, text: string): TestCase[] {
  try {
    return readJUnit(text);
  } catch (error) {
    if (error instanceof NotJUnit) {
      throw new TaskError('TEST_RESULTS_INVALID', `The file ${path} holds no test results: ${error.message}.`, {
        todo: "Let the tests write JUnit XML (pytest: '--junit-xml'), and let 'testResults' match nothing else.",
        cause: error,
      });
    }
    throw error;
  }
}

function count(cases: readonly TestCase[], outcome: TestCase['outcome']): number {
  return cases.filter((test) => test.outcome === outcome).length;
}

/** A test by its suite and name. */
export function nameOfTest({ suite, name }: TestCase): string {
  return suite === '' ? name : `${suite}.${name}`;
}

/** Characters of a message that one line shows. */
const LINE_CHARACTERS = 300;

/** A failed test and the first line of its message. */
export function failedTestLine(test: TestCase): string {
  const first = test.message.trimStart().split('\n')[0] ?? '';
  return `✗ ${nameOfTest(test)}${first === '' ? '' : `: ${first.slice(0, LINE_CHARACTERS)}`}`;
}

/** The file's own name as far as it can stand in a list of files, which is separated by commas. */
function safeName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.xml$/i, '');
  return name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80) || 'results';
}
