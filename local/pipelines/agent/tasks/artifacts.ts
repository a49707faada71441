import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { minimatch } from 'minimatch';
import { counted } from '../../../../src/counted';
import type { ArtifactRecord } from '../../record/run-record';
import { StepFailure, type StepRun } from '../step-run';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

const ARTIFACTS = { runsOn: 'agent', restrictions: UNRESTRICTED, outputNames: new Set<string>() } as const;
/** Signs that no artifact's name may have. Source: the page on pipeline artifacts. */
const NOT_IN_NAMES = /["<>|:*?\\/]/;

/** `publish` and PublishPipelineArtifact@1. Source: the page of the task. */
export const PUBLISH_PIPELINE_ARTIFACT: StepTask = {
  ...ARTIFACTS,
  reference: 'PublishPipelineArtifact',
  declared: declare(
    {
      path: '$(Pipeline.Workspace)',
      artifactName: '',
      artifactType: 'pipeline',
      fileSharePath: '',
      parallel: 'false',
      parallelCount: '8',
      properties: '',
    },
    { targetPath: 'path', artifact: 'artifactName', publishLocation: 'artifactType' },
  ),
  displayName: (inputs) => `Publish ${inputs.get('artifactName') || 'artifact'}`,
  run: (step, inputs) => {
    if (inputs.get('artifactType').toLowerCase() !== 'pipeline') {
      throw new StepFailure('Artifacts can only be published to the run, not to a file share.');
    }
    return publish(step, 'pipeline', inputs.get('artifactName') || step.job.request.record.name, inputs.get('path'));
  },
};

/** Source: the page of the task PublishBuildArtifacts@1. */
export const PUBLISH_BUILD_ARTIFACTS: StepTask = {
  ...ARTIFACTS,
  reference: 'PublishBuildArtifacts',
  declared: declare(
    {
      PathtoPublish: '$(Build.ArtifactStagingDirectory)',
      ArtifactName: 'drop',
      ArtifactType: 'Container',
      MaxArtifactSize: '0',
      TargetPath: '',
      Parallel: 'false',
      ParallelCount: '8',
      StoreAsTar: 'false',
    },
    { publishLocation: 'ArtifactType' },
  ),
  displayName: (inputs) => `Publish Artifact: ${inputs.get('ArtifactName')}`,
  run: (step, inputs) => {
    if (inputs.get('ArtifactType').toLowerCase() !== 'container' || inputs.isTrue('StoreAsTar')) {
      throw new StepFailure('Artifacts can only be published to the run, and not as an archive.');
    }
    return publish(step, 'container', inputs.get('ArtifactName'), inputs.get('PathtoPublish'));
  },
};

async function publish(step: StepRun, kind: ArtifactRecord['kind'], name: string, given: string): Promise<void> {
  const path = resolve(step.workingDirectory, given);
  if (NOT_IN_NAMES.test(name) || name === '') {
    throw new StepFailure(`'${name}' cannot name an artifact: it is empty or has one of " < > | : * ? \\ /.`);
  }
  if (!existsSync(path)) {
    throw new StepFailure(`The artifact '${name}' cannot be published: '${path}' does not exist.`);
  }
  const artifact = await step.job.events.publishArtifact(step.job.request.record, kind, name, path);
  step.print(
    `Artifact '${name}' (id ${artifact.id}) is published: ${counted(artifact.files, 'file')}, ${counted(artifact.bytes, 'byte')}.`,
  );
}

const DOWNLOAD_INPUTS = {
  buildType: 'current',
  project: '',
  pipeline: '',
  specificBuildWithTriggering: 'false',
  buildVersionToDownload: 'latest',
  branchName: 'refs/heads/master',
  buildId: '',
  tags: '',
  artifactName: '',
  itemPattern: '**',
  targetPath: '$(Pipeline.Workspace)',
  allowPartiallySucceededBuilds: 'false',
  allowFailedBuilds: 'false',
};

/** Source: the page of the task DownloadPipelineArtifact@2. */
export const DOWNLOAD_PIPELINE_ARTIFACT: StepTask = {
  ...ARTIFACTS,
  reference: 'DownloadPipelineArtifact',
  declared: declare(DOWNLOAD_INPUTS, {
    source: 'buildType',
    runId: 'buildId',
    pipelineId: 'buildId',
    definition: 'pipeline',
    runVersion: 'buildVersionToDownload',
    artifact: 'artifactName',
    patterns: 'itemPattern',
    path: 'targetPath',
    downloadPath: 'targetPath',
    runBranch: 'branchName',
    preferTriggeringPipeline: 'specificBuildWithTriggering',
  }),
  displayName: (inputs) => `Download ${inputs.get('artifactName') || 'artifacts'}`,
  run: async (step, inputs) => {
    const runId = runOf(inputs, inputs.get('buildType'), inputs.get('buildVersionToDownload'));
    const name = inputs.get('artifactName');
    await download(step, artifactsOf(step, runId, name), {
      patterns: inputs.lines('itemPattern'),
      target: resolve(step.workingDirectory, inputs.get('targetPath')),
      // A single artifact lands in the folder itself, all of them each in a folder of its name.
      inOwnFolder: name === '',
    });
  },
};

/** The short form `download`: into `$(Pipeline.Workspace)`, each artifact in a folder of its name. */
export const DOWNLOAD: StepTask = {
  ...ARTIFACTS,
  reference: 'Download',
  declared: declare({ alias: 'current', artifact: '', patterns: '**', path: '' }),
  displayName: (inputs) => `Download ${inputs.get('artifact') || 'artifacts'}`,
  run: async (step, inputs) => {
    const alias = inputs.get('alias').toLowerCase();
    if (alias !== 'current') {
      throw new StepFailure(
        `download of the pipeline resource '${inputs.get('alias')}' cannot be carried out on this machine. Use DownloadPipelineArtifact@2 with the id of a run that is here.`,
      );
    }
    const { workspace } = step.job.folders;
    const path = inputs.get('path');
    await download(step, artifactsOf(step, undefined, inputs.get('artifact')), {
      patterns: inputs.lines('patterns'),
      target: path === '' ? workspace : resolve(workspace, path),
      inOwnFolder: path === '' || inputs.get('artifact') === '',
    });
  },
};

/** Source: the page of the task DownloadBuildArtifacts@1. */
export const DOWNLOAD_BUILD_ARTIFACTS: StepTask = {
  ...ARTIFACTS,
  reference: 'DownloadBuildArtifacts',
  declared: declare({
    ...DOWNLOAD_INPUTS,
    downloadType: 'single',
    downloadPath: '$(System.ArtifactsDirectory)',
    cleanDestinationFolder: 'false',
    parallelizationLimit: '8',
    checkDownloadedFiles: 'false',
    retryDownloadCount: '4',
    extractTars: 'false',
  }),
  displayName: () => 'Download Build Artifacts',
  run: async (step, inputs) => {
    const single = inputs.get('downloadType').toLowerCase() === 'single';
    const runId = runOf(inputs, inputs.get('buildType'), inputs.get('buildVersionToDownload'));
    await download(step, artifactsOf(step, runId, single ? inputs.get('artifactName') : ''), {
      patterns: inputs.lines('itemPattern'),
      target: resolve(step.workingDirectory, inputs.get('downloadPath')),
      inOwnFolder: true,
    });
  },
};

/** @returns the id of another run, `undefined` for the run itself */
function runOf(inputs: TaskInputs, type: string, version: string): string | undefined {
  if (type.toLowerCase() === 'current') {
    return undefined;
  }
  if (version.toLowerCase() !== 'specific' || inputs.get('buildId') === '') {
    throw new StepFailure(
      'On this machine artifacts come from the run itself or from one named by its id: set runVersion (buildVersionToDownload) to specific and runId (buildId) to the id.',
    );
  }
  return inputs.get('buildId');
}

type PublishedArtifact = ArtifactRecord & { readonly path: string };

function artifactsOf(step: StepRun, runId: string | undefined, name: string): readonly PublishedArtifact[] {
  let all: readonly PublishedArtifact[];
  try {
    all = step.job.events.artifacts(runId);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new StepFailure(`There is no run '${runId}' on this machine: ${error.message}`);
    }
    throw error;
  }
  const chosen = name === '' ? all : all.filter((artifact) => artifact.name === name);
  if (chosen.length === 0 && name !== '') {
    const there = all.map((artifact) => artifact.name).join(', ') || 'none';
    throw new StepFailure(`The run has no artifact '${name}'. It has: ${there}.`);
  }
  return chosen;
}

interface Destination {
  readonly patterns: readonly string[];
  readonly target: string;
  readonly inOwnFolder: boolean;
}

/** Patterns see `artifact/path` where several artifacts are downloaded, else the path within the artifact. */
async function download(step: StepRun, artifacts: readonly PublishedArtifact[], to: Destination): Promise<void> {
  await mkdir(to.target, { recursive: true });
  for (const { name, path } of artifacts) {
    const target = to.inOwnFolder ? join(to.target, name) : to.target;
    const isFolder = (await stat(path)).isDirectory();
    const files = (isFolder ? await filesBelow(path) : [basename(path)]).filter((file) => isWanted(name, file, to));
    for (const file of files) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      await cp(isFolder ? join(path, file) : path, join(target, file), { verbatimSymlinks: true });
    }
    step.print(`Downloaded ${counted(files.length, 'file')} of artifact '${name}' to ${target}.`);
  }
}

function isWanted(artifact: string, file: string, { patterns }: Destination): boolean {
  let wanted = false;
  for (const pattern of patterns.length === 0 ? ['**'] : patterns) {
    const excludes = pattern.startsWith('!');
    const glob = excludes ? pattern.slice(1) : pattern;
    if ([file, `${artifact}/${file}`].some((path) => minimatch(path, glob, { dot: true, nocase: true }))) {
      wanted = !excludes;
    }
  }
  return wanted;
}

/** Links are files here: they lead to others of the artifact, and come as links. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
