import type { Reply } from '../../workspace/api';
import type { ArtifactRecord } from '../record/run-record';
import { buildUrl } from './addresses';
import { artifactEntries, zipOf } from './artifact-files';
import { runOf } from './find-run';
import type { RecordedRun } from './ports';
import { recordedPath } from './recorded-file';
import { type Call, collection, json, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';

/** Artifacts of a run (`Artifacts - List`, `Get Artifact`, api-version 7.1). */
export const artifacts: Resource = {
  area: 'build',
  name: 'artifacts',
  locationId: '1db06c96-014e-44e1-ac91-90b2d4b3e984',
  template: '{project}/_apis/{area}/builds/{buildId}/{resource}/{artifactName}',
  resourceVersion: 5,
  operations: [
    {
      method: 'GET',
      summary:
        'All artifacts; one by `artifactName`; its files as a zip with `$format=zip` or `Accept: application/zip`',
      answer: answerArtifacts,
    },
  ],
};

/** Files of a container artifact (`File Container - Items`), by which clients list what an artifact holds. */
export const containers: Resource = {
  area: 'Container',
  name: 'Containers',
  locationId: 'e4f5c81e-e250-447b-9fef-bd48471bea5e',
  template: '_apis/resources/{resource}/{containerId}/{*itemPath}',
  resourceVersion: 4,
  operations: [
    {
      method: 'GET',
      summary: 'Files and folders of the artifacts of a run (its id is the id of the container), below `itemPath`',
      answer: answerContainer,
    },
  ],
};

async function answerArtifacts(call: Call): Promise<Reply> {
  const run = runOf(call);
  const name = call.values['artifactName'] ?? call.query.get('artifactName') ?? undefined;
  const wantsZip =
    call.query.get('$format') === 'zip' || /\bapplication\/zip\b/.test(call.request.headers.accept ?? '');
  if (name === undefined) {
    if (wantsZip) {
      throw badRequest("A zip needs 'artifactName'.");
    }
    return collection(run.record.artifacts.map((artifact) => artifactOf(call, run, artifact)));
  }
  const artifact = run.record.artifacts.find((candidate) => candidate.name === name);
  if (artifact === undefined) {
    throw new ServiceError(
      404,
      'ArtifactNotFoundException',
      `The artifact ${name} was not found for build ${run.record.id}.`,
    );
  }
  return wantsZip ? zipReply(run, artifact) : json(artifactOf(call, run, artifact));
}

async function zipReply(run: RecordedRun, artifact: ArtifactRecord): Promise<Reply> {
  const entries = await entriesOf(run, artifact);
  return {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(artifact.name)}.zip`,
    },
    body: zipOf(artifact.name, entries),
  };
}

async function entriesOf({ folder }: RecordedRun, artifact: ArtifactRecord): ReturnType<typeof artifactEntries> {
  return artifactEntries(await recordedPath(folder, artifact.folder, `The artifact ${artifact.name}`));
}

function artifactOf(call: Call, run: RecordedRun, artifact: ArtifactRecord): Record<string, unknown> {
  const url = `${buildUrl(call, run)}/artifacts?artifactName=${encodeURIComponent(artifact.name)}&api-version=7.1`;
  const container = artifact.kind === 'container';
  return {
    id: artifact.id,
    name: artifact.name,
    source: artifact.source,
    resource: {
      type: container ? 'Container' : 'PipelineArtifact',
      data: container ? `#/${run.record.id}/${artifact.name}` : artifact.folder,
      properties: { artifactsize: String(artifact.bytes), localpath: artifact.name },
      url,
      downloadUrl: `${url}&%24format=zip`,
    },
  };
}

async function answerContainer(call: Call): Promise<Reply> {
  const { containerId = '', itemPath = call.query.get('itemPath') ?? '' } = call.values;
  const run = /^\d+$/.test(containerId) ? call.options.runs.run(containerId) : undefined;
  if (run === undefined) {
    throw new ServiceError(404, 'ContainerNotFoundException', `The container ${containerId} does not exist.`);
  }
  const items = (
    await Promise.all(
      run.record.artifacts
        .filter(({ kind }) => kind === 'container')
        .map(async (artifact) => [
          item(containerId, artifact.name, 'folder', 0),
          ...(
            await entriesOf(run, artifact)
          ).map(({ path, kind, bytes }) => item(containerId, `${artifact.name}/${path}`, kind, bytes)),
        ]),
    )
  ).flat();
  const below = items.filter(({ path }) => itemPath === '' || path === itemPath || path.startsWith(`${itemPath}/`));
  if (itemPath !== '' && below.length === 0) {
    throw new ServiceError(
      404,
      'ContainerItemNotFoundException',
      `The container ${containerId} has no item ${itemPath}.`,
    );
  }
  return collection(below);
}

function item(containerId: string, path: string, itemType: 'file' | 'folder', fileLength: number) {
  return {
    containerId: Number(containerId),
    path,
    itemType,
    status: 'created',
    ...(itemType === 'file' ? { fileLength } : {}),
  };
}
