import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of a job on its agent, as the agent lays them out. */
export interface JobFolders {
  /** `Agent.WorkFolder`. */
  readonly work: string;
  /** `Pipeline.Workspace`, `Agent.BuildDirectory`. */
  readonly workspace: string;
  readonly sources: string;
  /** `Build.ArtifactStagingDirectory`. */
  readonly staging: string;
  readonly binaries: string;
  readonly testResults: string;
  /** `Agent.TempDirectory`: emptied when the job ends. */
  readonly temp: string;
  /** `Agent.ToolsDirectory`. */
  readonly tools: string;
}

export function jobFolders(work: string): JobFolders {
  const workspace = join(work, '1');
  return {
    work,
    workspace,
    sources: join(workspace, 's'),
    staging: join(workspace, 'a'),
    binaries: join(workspace, 'b'),
    testResults: join(workspace, 'TestResults'),
    temp: join(work, '_temp'),
    tools: join(work, '_tool'),
  };
}

export function makeFolders(folders: JobFolders): void {
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true });
  }
}

export function emptyTemp(folders: JobFolders): void {
  rmSync(folders.temp, { recursive: true, force: true });
  mkdirSync(folders.temp);
}
