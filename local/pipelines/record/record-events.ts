import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
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

/** What the steps of a run do to its record and folder. */
export function recordEvents({ run, runs, watcher, manualValidation }: RecordEventsOptions): RunEvents {
  const { record, folder } = run;
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
      if (record.artifacts.some((known) => known.name.toLowerCase() === name.toLowerCase())) {
        throw new ArtifactExists(`Artifact ${name} already exists for build ${record.id}.`);
      }
      const target = join('artifacts', folderName(name));
      copy(path, statSync(path).isDirectory() ? join(folder, target) : join(folder, target, basename(path)));
      const artifact: ArtifactRecord = {
        id: record.artifacts.length + 1,
        name,
        kind,
        folder: target,
        source: job.id,
        ...contentsOf(join(folder, target)),
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

/** Links are not followed: what they point to may lie outside of what the step wanted to publish. */
function copy(from: string, to: string): void {
  mkdirSync(join(to, '..'), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: false, verbatimSymlinks: true, errorOnExist: false });
}

function contentsOf(folder: string): Pick<ArtifactRecord, 'files' | 'bytes'> {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    : [];
  return {
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0),
  };
}
