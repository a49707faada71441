import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parse, stringify } from 'yaml';
import { TaskError } from '../../src/errors';
import type { HttpClient } from '../../src/http/client';
import { filePath } from '../../src/http/path';
import { idText } from '../../src/json';
import { bundleName, readBundleJobs } from './bundle-file';

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
  /** Target of the bundle; default: its default one. Catalog, environment, commit and release given here win over it. */
  readonly target?: string;
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

const LEFT_OUT = new Set(['__pycache__', '.pytest_cache', '.venv', 'node_modules', '.databricks']);

/**
 * Uploads a sample's files below `/Workspace/Shared/<bundle>/<commit>/files` and creates its jobs, or resets those that exist by
 * exact name. Doing it again changes nothing but what differs.
 * @throws TaskError BUNDLE_NOT_SUPPORTED, BUNDLE_INVALID, JOB_AMBIGUOUS; ApiError of the workspace
 */
export async function deploySample(client: HttpClient, options: SampleOptions): Promise<readonly DeployedJob[]> {
  const { folder, commit, catalog, overrides } = options;
  const root = `/Workspace/Shared/${bundleName(folder)}/${commit}/files`;
  const jobs = readBundleJobs(folder, {
    ...(options.target === undefined ? {} : { target: options.target }),
    filePath: root,
    variables: { catalog, environment: options.environment ?? catalog, commit, release: options.release ?? 'local' },
  });
  await upload(client, root, sampleFiles(folder, overrides?.training));
  const deployed: DeployedJob[] = [];
  for (const job of jobs) {
    deployed.push({ key: job.key, name: job.name, ...(await createOrReset(client, job.name, job.settings)) });
  }
  return deployed;
}

/** Relative path (with `/`) to contents. */
export function sampleFiles(folder: string, training?: TrainingOverride): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  for (const name of names.sort()) {
    if (!name.split('/').some((segment) => LEFT_OUT.has(segment))) {
      files.set(name, readFileSync(join(folder, name)));
    }
  }
  if (training !== undefined) {
    const path = 'mlops/training.yml';
    const committed: unknown = parse(files.get(path)?.toString('utf8') ?? '');
    files.set(path, Buffer.from(stringify({ ...(committed as object), ...training })));
  }
  return files;
}

async function upload(client: HttpClient, root: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const folders = new Set([...files.keys()].map((name) => posix.dirname(posix.join(root, name))));
  for (const path of [...folders].sort()) {
    await client.json({
      method: 'POST',
      path: '/api/2.0/workspace/mkdirs',
      body: { path },
      idempotent: true,
      acceptEmpty: true,
    });
  }
  for (const [name, bytes] of files) {
    await client.json({
      method: 'POST',
      path: `/api/2.0/workspace-files/import-file/${filePath(posix.join(root, name))}`,
      query: { overwrite: true },
      bytes,
      idempotent: true,
      acceptEmpty: true,
    });
  }
}

async function createOrReset(
  client: HttpClient,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const listed = await client.json<{ jobs?: readonly { job_id: unknown; settings?: { name?: string } }[] }>({
    method: 'GET',
    path: '/api/2.2/jobs/list',
    query: { name, limit: 100 },
  });
  // The service compares names without regard to case.
  const same = (listed.jobs ?? []).filter((job) => job.settings?.name === name).map((job) => idText(job.job_id));
  if (same.length > 1) {
    throw new TaskError('JOB_AMBIGUOUS', `Several jobs have the name ${name}: ${same.join(', ')}.`, {
      todo: 'Delete all but one.',
    });
  }
  const [id] = same;
  if (id !== undefined) {
    const body = { job_id: id, new_settings: settings };
    await client.json({ method: 'POST', path: '/api/2.2/jobs/reset', body, idempotent: true, acceptEmpty: true });
    return { id, created: false };
  }
  const created = await client.json<{ job_id: unknown }>({
    method: 'POST',
    path: '/api/2.2/jobs/create',
    body: settings,
  });
  return { id: idText(created.job_id), created: true };
}
