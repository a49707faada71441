import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../local/package-root';
import type { TaskStub } from '../../local/pipelines/agent/job-request';
import type { QueueRequest, Surroundings } from '../../local/pipelines/queue/queue-request';
import { PipelineFolder, type Queued, stub } from './queued-run';
import { QuickPython } from './quick-python';

/** The pipeline of the sample, which extends templates/mlops.yml of the repository `mlops`. */
export const SAMPLE_PIPELINE = readFileSync(join(packageRoot(), 'samples', 'diabetes', 'azure-pipelines.yml'), 'utf8');
export const APPROVER = 'model owners';

/** Environments with an approval each, in `.mlops/environments.yml`. */
export function approvalsOn(...environments: readonly string[]): string {
  const approvals = { approvals: { approvers: [APPROVER, 'risk'], timeoutMinutes: 60 } };
  return JSON.stringify({ environments: Object.fromEntries(environments.map((name) => [name, approvals])) });
}

/** Every task that needs a workspace, succeeding; the verdict says `nextAction`. */
export function stubbedTasks(nextAction: string): Readonly<Record<string, TaskStub>> {
  return {
    'DatabricksCheckConnection@1': stub(),
    'DatabricksRunWorkflow@1': stub({ runId: '41' }),
    'DatabricksRegisterModel@1': stub({ modelVersion: '18', championVersion: '17' }),
    'DatabricksEvaluateModel@1': stub({ nextAction, challengerVersion: '18', reportDigest: '3f9a' }),
    'DatabricksPromoteModel@1': stub({ changed: 'true' }),
    'DatabricksDeployEndpoint@1': stub(),
    'UsePythonVersion@0': stub(),
  };
}

/** Repositories of a pipeline and of its templates, and a machine whose `python` is quick. */
export class TemplateRuns {
  readonly templates = mkdtempSync(join(tmpdir(), 'templates-'));
  readonly #python = new QuickPython();
  readonly #folders: PipelineFolder[] = [];

  constructor() {
    cpSync(join(packageRoot(), 'templates'), join(this.templates, 'templates'), { recursive: true });
  }

  /** A new repository with the sample's pipeline, or another text of it. */
  folder(environments: string, pipeline = SAMPLE_PIPELINE): PipelineFolder {
    const made = new PipelineFolder({ 'azure-pipelines.yml': pipeline, '.mlops/environments.yml': environments });
    this.#folders.push(made);
    return made;
  }

  /** Runs a pipeline of such a repository with stubbed tasks. */
  run(
    folder: PipelineFolder,
    branch: string,
    nextAction: string,
    around: Partial<Surroundings> = {},
    request: Partial<QueueRequest> = {},
  ): Promise<Queued> {
    return folder.run(
      {
        queuedFor: { reason: 'push', branch, fork: false, schedule: undefined },
        repositories: { self: folder.root, mlops: this.templates },
        stubs: stubbedTasks(nextAction),
        ...request,
      },
      around,
    );
  }

  remove(): void {
    this.#python.remove();
    rmSync(this.templates, { recursive: true, force: true });
    for (const folder of this.#folders) {
      folder.remove();
    }
  }
}
