import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { stringify } from 'yaml';
import { IdentityApi } from '../../src/databricks/identity';
import { type JobSettings, JobsApi } from '../../src/databricks/jobs';
import { WorkspaceFilesApi } from '../../src/databricks/workspace-files';
import { TaskError } from '../../src/errors';
import type { HttpClient } from '../../src/http/client';
import { parseYaml } from '../../src/quiet-yaml';
import type { Bundle } from '../bundle/bundle';
import { filesToUpload } from '../bundle/files-to-upload';
import { withJobIds } from '../bundle/job-order';
import { readBundle } from '../bundle/read-bundle';

/** What a commit of the sample changes: members of `mlops/training.yml` to replace. */
export interface TrainingOverride {
  readonly columns?: readonly string[];
  readonly kind?: string;
  readonly settings?: Readonly<Record<string, number>>;
}

export interface SampleOptions {
  /** Folder of the sample's `databricks.yml`. */
  readonly folder: string;
  readonly commit: string;
  readonly catalog: string;
  /** Name of the environment; default: the catalog's. */
  readonly environment?: string;
  readonly release?: string;
  /** Target of the bundle; default: the one named like the environment, else its default one. What is given here wins over it. */
  readonly target?: string;
  /** Values of other variables of the bundle. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Told a sentence on each thing that happens here otherwise than with the Databricks CLI. */
  readonly warn?: (sentence: string) => void;
  readonly overrides?: { readonly training?: TrainingOverride };
}

/** A job as deployed. */
export interface DeployedJob {
  readonly key: string;
  readonly name: string;
  /** 64-bit id as text. */
  readonly id: string;
  readonly created: boolean;
}

/**
 * Uploads a sample's files below `/Workspace/Shared/<bundle>/<commit>/files` and creates its jobs, or resets those that exist by
 * exact name. Doing it again changes nothing but what differs.
 * @throws TaskError BUNDLE_INVALID, JOB_AMBIGUOUS; ApiError of the workspace
 */
export async function deploySample(client: HttpClient, options: SampleOptions): Promise<readonly DeployedJob[]> {
  const { folder, overrides, warn } = options;
  const { userName } = await new IdentityApi(client).current();
  const bundle = readSample(options, userName);
  for (const sentence of bundle.warnings) {
    warn?.(sentence);
  }
  await upload(new WorkspaceFilesApi(client), bundle.files, sampleFiles(folder, overrides?.training));
  const api = new JobsApi(client);
  const deployed: DeployedJob[] = [];
  for (const { key, name, settings } of bundle.jobs) {
    const ids = new Map(deployed.map((job) => [job.key, job.id]));
    deployed.push({ key, name, ...(await createOrReset(api, name, withJobIds(settings, ids))) });
  }
  return deployed;
}

function readSample(options: Omit<SampleOptions, 'overrides' | 'warn'>, userName: string): Bundle {
  const { folder, commit, catalog, environment = catalog, release = 'local', target, variables } = options;
  return readBundle(folder, {
    ...(target === undefined ? {} : { target }),
    environment,
    root: '/Workspace/Shared',
    commit,
    userName,
    variables: { ...variables, catalog, environment, commit, release },
  });
}

/** Relative path (with `/`) to contents. */
export function sampleFiles(folder: string, training?: TrainingOverride): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of filesToUpload(folder)) {
    files.set(name, readFileSync(join(folder, name)));
  }
  if (training !== undefined) {
    const path = 'mlops/training.yml';
    const committed: unknown = parseYaml(files.get(path)?.toString('utf8') ?? '');
    files.set(path, Buffer.from(stringify({ ...(committed as object), ...training })));
  }
  return files;
}

async function upload(files: WorkspaceFilesApi, root: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  const folders = new Set([...contents.keys()].map((name) => posix.dirname(posix.join(root, name))));
  for (const folder of [...folders].sort()) {
    await files.mkdirs(folder);
  }
  for (const [name, bytes] of contents) {
    await files.write(posix.join(root, name), bytes);
  }
}

async function createOrReset(
  jobs: JobsApi,
  name: string,
  settings: JobSettings,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const [existing, another] = await jobs.listByName(name);
  if (existing === undefined) {
    return { id: await jobs.create(settings), created: true };
  }
  if (another !== undefined) {
    throw new TaskError('JOB_AMBIGUOUS', `Several jobs have the name ${name}.`, {
      where: `Two of them are ${existing.job_id} and ${another.job_id}.`,
      todo: 'Delete all but one.',
    });
  }
  await jobs.reset(existing.job_id, settings);
  return { id: existing.job_id, created: false };
}
