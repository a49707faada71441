import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../errors';
import type { DevOpsAccess } from './access';
import { buildClient } from './build-client';
import { askDevOps } from './devops-error';
import { download } from './download';
import { newestAttempt } from './newest-attempt';
import { unpack } from './unpack';

/** A build artifact by name. */
export interface ArtifactReference {
  readonly name: string;
  /** `undefined`: of this run. */
  readonly runId: string | undefined;
}

/** An artifact that was fetched. */
export interface FetchedArtifact {
  /** Name with the attempt, `report-2`. */
  readonly name: string;
  readonly runId: string;
  readonly folder: string;
  /** Paths below the folder, with `/`. */
  readonly files: readonly string[];
}

/**
 * Fetches the newest attempt of a build artifact (`NAME`, `NAME-2`, …) into a folder.
 * @param folder made if it is not there; must not hold files of these names
 * @throws TaskError PIPELINE_RUN_NOT_FOUND, ARTIFACT_NOT_FOUND with the names that there are, ARTIFACT_UNREADABLE, DEVOPS_REFUSED,
 * DEVOPS_UNREACHABLE
 */
export async function fetchArtifact(
  access: DevOpsAccess,
  reference: ArtifactReference,
  folder: string,
): Promise<FetchedArtifact> {
  const runId = reference.runId ?? access.runId;
  const artifacts = await listArtifacts(access, runId);
  const name = newestAttempt([...artifacts.keys()], reference.name);
  if (name === undefined) {
    throw notFound(access, reference.name, runId, [...artifacts.keys()]);
  }
  const what = `artifact '${name}' of run ${runId}`;
  access.debug(`fetching ${what}`);
  const archive = await download(access, artifacts.get(name) ?? '', what);
  await mkdir(folder, { recursive: true });
  return { name, runId, folder, files: await unpack(archive, name, folder, what) };
}

/**
 * Fetches an artifact as {@link fetchArtifact} does, for one file of it.
 * @returns path of the file
 * @throws TaskError ARTIFACT_FILE_MISSING with the files that there are
 */
export async function fetchFile(
  access: DevOpsAccess,
  reference: ArtifactReference,
  file: string,
  folder: string,
): Promise<string> {
  const { name, runId, files } = await fetchArtifact(access, reference, folder);
  if (!files.includes(file)) {
    const some = files.slice(0, 20).join(', ');
    throw new TaskError('ARTIFACT_FILE_MISSING', `Artifact '${name}' of run ${runId} holds no ${file}.`, {
      where: files.length === 0 ? 'It is empty.' : `It holds ${some}${files.length > 20 ? ' and more' : ''}.`,
      todo: "Name the artifact that 'publishArtifact' gives at the step that writes the file.",
    });
  }
  return join(folder, file);
}

/** Names of the artifacts of a run, with the addresses of their archives. */
async function listArtifacts(access: DevOpsAccess, runId: string): Promise<Map<string, string>> {
  const client = await buildClient(access);
  // `null` stands for a definite 404: the client says so only by this.
  const artifacts = await askDevOps(access, `the artifacts of run ${runId}`, () =>
    client.getArtifacts(access.project, Number(runId)),
  );
  if (!Array.isArray(artifacts)) {
    throw new TaskError('PIPELINE_RUN_NOT_FOUND', `Azure DevOps knows no run ${runId} of this project.`, {
      where: `It was asked for at ${access.collectionUrl}${access.project}.`,
      todo: "Write the number that stands as 'buildId' in the address of the run's page after '@'; runs that were deleted have no artifacts any more.",
    });
  }
  return new Map(artifacts.map(({ name = '', resource }) => [name, resource?.downloadUrl ?? '']));
}

function notFound(access: DevOpsAccess, name: string, runId: string, names: readonly string[]): TaskError {
  const there = names.length === 0 ? 'It has no artifacts.' : `It has ${[...names].sort().join(', ')}.`;
  return new TaskError('ARTIFACT_NOT_FOUND', `Run ${runId} has no artifact '${name}', nor a later attempt of it.`, {
    where: `${there} Its page is ${access.collectionUrl}${access.project}/_build/results?buildId=${runId}.`,
    todo: "Use the name that 'publishArtifact' gives at the step that writes the file, and let this stage depend on that one.",
  });
}
