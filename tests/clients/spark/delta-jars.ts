import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A jar by its coordinates in a Maven repository, and the SHA-256 of its bytes. */
export interface PinnedJar {
  readonly organisation: string;
  readonly module: string;
  readonly revision: string;
  readonly sha256: string;
}

/** What Delta adds to Spark; everything else that it needs comes with PySpark. */
export const DELTA_JARS: readonly PinnedJar[] = [
  {
    organisation: 'io.delta',
    module: 'delta-spark_2.13',
    revision: '4.0.0',
    sha256: '538511702aae0ef6973a6a70af3d4543c9009f8edbed786a00737e2d3cd7f04e',
  },
  {
    organisation: 'io.delta',
    module: 'delta-storage',
    revision: '4.0.0',
    sha256: '9bdb9fb450f1e119eba53feb427f331b0d09072d26485b8273883ad72c9a2e1d',
  },
];

/** Puts `<module>-<revision>.jar` into the folder; one sentence when it cannot be had. */
export type FetchJar = (jar: PinnedJar, folder: string) => Promise<string | undefined>;

/**
 * Paths of the jars in `folder`, which many runs share: what is not there is fetched first.
 * @returns why one cannot be had, when it cannot
 * @throws Error when a jar is not the one that is pinned, whether it lay there or was fetched
 */
export async function pinnedJars(
  folder: string,
  fetchJar: FetchJar,
  jars: readonly PinnedJar[] = DELTA_JARS,
): Promise<{ readonly paths: readonly string[] } | { readonly missing: string }> {
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  for (const jar of jars) {
    const path = join(folder, `${jar.module}-${jar.revision}.jar`);
    if (!isPinned(path, jar)) {
      const missing = await fetchInto(path, jar, fetchJar);
      if (missing !== undefined) {
        return { missing };
      }
    }
    paths.push(path);
  }
  return { paths };
}

/** Fetches into a folder of its own, so that a killed or a second run leaves no half a jar under the name. */
async function fetchInto(path: string, jar: PinnedJar, fetchJar: FetchJar): Promise<string | undefined> {
  const folder = mkdtempSync(`${path}.`);
  try {
    const missing = await fetchJar(jar, folder);
    if (missing !== undefined) {
      return missing;
    }
    const fetched = join(folder, basename(path));
    if (!isPinned(fetched, jar)) {
      throw new Error(
        `Fetching ${jar.organisation}:${jar.module}:${jar.revision} ended well, but left no ${basename(path)}.`,
      );
    }
    renameSync(fetched, path);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the jar is there. @throws Error when another file has its name */
function isPinned(path: string, { sha256 }: PinnedJar): boolean {
  const bytes = bytesOf(path);
  if (bytes === undefined) {
    return false;
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new Error(
      `${path} has the SHA-256 ${found}, but ${sha256} is pinned: it is not the jar that was reviewed. Remove it, and look where it came from.`,
    );
  }
  return true;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
