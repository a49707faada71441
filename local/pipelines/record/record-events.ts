import { cpSync, mkdirSync } from 'node:fs';
import { cp, mkdir, readdir, readlink, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { RunEvents } from '../agent/job-request';
import type { RecordedRun } from '../service/ports';
import type { RunFolders } from './run-folders';
import type { ArtifactRecord, AttachmentRecord } from './run-record';

/** Who looks on while a run goes on. */
export type RunWatcher = Pick<RunEvents, 'changed' | 'stepStarted' | 'stepFinished' | 'line' | 'issue'>;

/** An artifact of this name is there already; as on Azure DevOps, none can be replaced. */
export class ArtifactExists extends Error {
  override readonly name = 'ArtifactExists';
}

export interface RecordEventsOptions {
  readonly run: RecordedRun;
  /** Where the other runs lie whose artifacts steps may ask for. */
  readonly runs: RunFolders;
  readonly watcher: RunWatcher;
  readonly manualValidation: RunEvents['manualValidation'];
}

/** A link in what a step publishes leads out of it: what it points to is not the step's to publish. */
export class LinkLeadsOut extends Error {
  override readonly name = 'LinkLeadsOut';
}

/** What the steps of a run do to its record and folder. */
export function recordEvents({ run, runs, watcher, manualValidation }: RecordEventsOptions): RunEvents {
  const { record, folder } = run;
  // Names of artifacts that are being copied: two steps at once cannot both have one.
  const underWay = new Set<string>();
  return {
    changed: () => watcher.changed(),
    stepStarted: (job, step) => watcher.stepStarted(job, step),
    stepFinished: (job, step) => watcher.stepFinished(job, step),
    line: (job, step, text) => watcher.line(job, step, text),
    issue: (job, step, issue) => watcher.issue(job, step, issue),
    manualValidation,
    setRunNumber: (number) => {
      record.number = number;
      watcher.changed();
    },
    addTag: (tag) => {
      if (!record.tags.some((known) => known.toLowerCase() === tag.toLowerCase())) {
        record.tags.push(tag);
        watcher.changed();
      }
    },
    addTests: (title, job, cases) => {
      record.tests.push({ id: record.tests.length + 1, title, job: job.id, cases });
      watcher.changed();
    },
    attach: (_job, step, type, name, file) => {
      const attachment: AttachmentRecord = {
        type,
        name,
        file: join('attachments', step.id, folderName(type), folderName(name)),
      };
      copy(file, join(folder, attachment.file));
      const before = step.attachments.findIndex((known) => known.file === attachment.file);
      step.attachments.splice(before < 0 ? step.attachments.length : before, 1, attachment);
      watcher.changed();
      return attachment;
    },
    publishArtifact: async (job, kind, name, path) => {
      const taken = name.toLowerCase();
      if (underWay.has(taken) || record.artifacts.some((known) => known.name.toLowerCase() === taken)) {
        throw new ArtifactExists(`Artifact ${name} already exists for build ${record.id}.`);
      }
      underWay.add(taken);
      const target = join('artifacts', folderName(name));
      try {
        await publish(path, join(folder, target));
      } finally {
        underWay.delete(taken);
      }
      const artifact: ArtifactRecord = {
        id: record.artifacts.length + 1,
        name,
        kind,
        folder: target,
        source: job.id,
        ...(await contentsOf(join(folder, target))),
      };
      record.artifacts.push(artifact);
      watcher.changed();
      return artifact;
    },
    artifacts: (runId) => {
      const found = runId === undefined || runId === record.id ? run : runs.read(runId);
      if (found === undefined) {
        throw new RangeError(`There is no run ${runId} in ${runs.base}.`);
      }
      return found.record.artifacts.map((artifact) => ({ ...artifact, path: join(found.folder, artifact.folder) }));
    },
  };
}

/** A name from outside as one part of a path. */
function folderName(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('%20', ' ');
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Copies a folder, or a file under its own name; nothing is left of what could not be copied whole. */
async function publish(from: string, to: string): Promise<void> {
  const isFolder = (await stat(from)).isDirectory();
  const target = isFolder ? to : join(to, basename(from));
  if (isFolder) {
    await refuseLinksOut(from);
  }
  // Nothing that is recorded lies there: at most what a process that was killed had copied until then.
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  try {
    await cp(from, target, { recursive: true, verbatimSymlinks: true });
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

/** Links within a folder go with it as links. */
async function refuseLinksOut(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) {
      const link = join(entry.parentPath, entry.name);
      const leadsTo = relative(folder, resolve(entry.parentPath, await readlink(link)));
      if (leadsTo.startsWith('..') || isAbsolute(leadsTo)) {
        throw new LinkLeadsOut(
          `The link '${relative(folder, link)}' leads out of the folder that is published. Publish what it leads to, or remove it.`,
        );
      }
    }
  }
}

async function contentsOf(folder: string): Promise<Pick<ArtifactRecord, 'files' | 'bytes'>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
