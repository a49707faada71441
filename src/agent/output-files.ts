import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from './host';

/**
 * The folder of a step's files: `$(Agent.TempDirectory)/databricks-mlops/<TaskName>/<step>/` (contract 0.4). At a terminal each run of a task
 * has a new folder of its own already, and the files lie in that.
 */
export class OutputFiles {
  readonly folder: string;
  /** Folder beside it for what the step fetches, which is not published with its own files. */
  readonly fetched: string;
  private readonly written: string[] = [];
  private readonly isNew: boolean;

  constructor(host: Host, taskName: string) {
    const root = host.variable('Agent.TempDirectory');
    const step = safeName(host.variable('System.TaskInstanceName') ?? 'step');
    this.isNew = host.kind === 'terminal' && root !== undefined;
    this.folder = this.isNew && root !== undefined ? root : join(root ?? tmpdir(), 'databricks-mlops', taskName, step);
    this.fetched = `${this.folder}.fetched`;
  }

  /** Removes what an earlier attempt of the step left. */
  clear(): void {
    if (this.isNew) {
      return;
    }
    for (const folder of [this.folder, this.fetched]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Writes a file of a fixed name and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    mkdirSync(this.folder, { recursive: true });
    const path = this.pathOf(name);
    writeFileSync(path, content);
    if (!this.written.includes(path)) {
      this.written.push(path);
    }
    return path;
  }

  /** Where a file of this name lies or will lie. */
  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** Paths written so far. */
  get paths(): readonly string[] {
    return this.written;
  }
}

function safeName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '_') || 'step';
}
