import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minimatch } from 'minimatch';
import { filesAt, type RemoteFile } from '../databricks/remote-files';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { NotJUnit, readJUnit, type TestCase } from '../report/read-junit';
import { bringFile } from './bring-file';
import type { RemoteGlob } from './remote-glob';

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
  /** Files that match but were written before the run began: the results of another run. */
  readonly stale: readonly string[];
}

const MOST_FILES = 200;
const MOST_LISTED = 20_000;
const MOST_BYTES = 20_000_000;
/** Milliseconds by which the clocks of the two services may differ. */
const SKEW_MS = 2_000;

/**
 * Brings the JUnit files that match and were written since the run began into a folder, under names of our own, and reads them.
 * @param since when the run began, milliseconds since the epoch
 * @throws TaskError TEST_RESULTS_INVALID, TEST_RESULTS_TOO_MANY, and what bringing a file throws
 */
export async function bringTestResults(
  workspace: WorkspaceClient,
  globs: readonly RemoteGlob[],
  since: number,
  folder: string,
): Promise<TestResults> {
  const { fresh, stale } = await matching(workspace, globs, since);
  const files: { remote: string; local: string; tests: number; failed: number }[] = [];
  const cases: TestCase[] = [];
  for (const [index, file] of fresh.entries()) {
    const local = join(folder, 'test-results', `${String(index + 1).padStart(3, '0')}-${safeName(file.path)}.xml`);
    await bringFile(workspace, file, local, MOST_BYTES);
    const read = casesOf(file, readFileSync(local, 'utf8'));
    files.push({ remote: file.path, local, tests: read.length, failed: count(read, 'failed') });
    cases.push(...read);
  }
  return {
    files,
    total: cases.length,
    skipped: count(cases, 'skipped'),
    failed: cases.filter(({ outcome }) => outcome === 'failed'),
    stale,
  };
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
      if (file.modified !== undefined && file.modified < since - SKEW_MS) {
        stale.add(file.path);
      } else {
        fresh.set(file.path, file);
      }
      if (fresh.size > MOST_FILES) {
        throw tooMany(glob.text, `More than ${MOST_FILES} files match.`);
      }
    }
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

/** The file's own name as far as it can stand in a list of files, which is separated by commas. */
function safeName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.xml$/i, '');
  return name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80) || 'results';
}
