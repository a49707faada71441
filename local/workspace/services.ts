import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Metastore, Service, Workspace } from './api';
import { clientTelemetry } from './client-telemetry';
import type { FaultTable } from './faults/fault-table';
import { createFaults } from './faults/service';
import { createFiles } from './files/service';
import { grantOperations } from './grants/grant-operations';
import { administrator } from './identity/principals';
import { scimOperations } from './identity/scim';
import { createJobs } from './jobs/service';
import { TaskSlots } from './jobs/task-slots';
import { createMlflow } from './mlflow/service';
import { createPipelines } from './pipelines/service';
import { cachedEnvironments } from './python/cached-environments';
import type { PythonEnvironments } from './python/environment';
import { createQueries } from './queries/service';
import type { SecretScopes } from './secrets/secret-values';
import { createSecrets } from './secrets/service';
import { createSeeds } from './seed/service';
import { registeredModels } from './serving/registered-models';
import { createServing } from './serving/service';
import { createSql, type MetastoreTables, openTables, warehouseId } from './sql/service';
import type { Tokens } from './tokens';
import { entityTagOperations } from './unity-catalog/entity-tags';
import { removalOperations } from './unity-catalog/removal-operations';
import { createUnityCatalog } from './unity-catalog/service';
import { createWorkspaceFiles } from './workspace-files/service';

/** What all workspaces of a process share. */
export interface Shared {
  readonly python: PythonEnvironments;
  readonly tables: MetastoreTables;
  readonly slots: TaskSlots;
  readonly graceMilliseconds?: number;
  readonly secrets: Secrets;
  close(): Promise<void>;
}

/** The choices of the start that services need. */
export interface SharedOptions {
  readonly python?: PythonEnvironments;
  readonly maxConcurrentTasks?: number;
  /** Real time between SIGTERM and SIGKILL of a cancelled task; default 5000. */
  readonly graceMilliseconds?: number;
  /** Secrets that every workspace begins with, by scope and key. */
  readonly secrets?: Secrets;
}

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Opens what the workspaces share, once per process. */
export async function openShared(metastore: Metastore, options: SharedOptions): Promise<Shared> {
  const tables = await openTables(metastore);
  return {
    python: options.python ?? cachedEnvironments(),
    tables,
    slots: new TaskSlots(options.maxConcurrentTasks ?? 2),
    ...(options.graceMilliseconds === undefined ? {} : { graceMilliseconds: options.graceMilliseconds }),
    secrets: options.secrets ?? {},
    close: () => tables.close(),
  };
}

/** What one workspace has besides its stores. */
export interface OwnParts {
  readonly tokens: Tokens;
  readonly faults: FaultTable;
  readonly secrets: SecretScopes;
  readonly onDefect: (error: unknown) => void;
}

/** Every part of a workspace, in the order of its start. This file is the only list of them. */
export function createServices(
  workspace: Workspace,
  shared: Shared,
  { tokens, faults, secrets, onDefect }: OwnParts,
): readonly Service[] {
  const pipelines = createPipelines(workspace, shared.tables);
  return [
    createFaults(faults, tokens),
    createSeeds(tokens),
    { operations: [clientTelemetry] },
    { operations: [...scimOperations(workspace, administrator()), ...grantOperations(workspace, shared.tables)] },
    { operations: [...removalOperations(workspace, shared.tables), ...entityTagOperations(workspace, shared.tables)] },
    createWorkspaceFiles(workspace),
    createMlflow(workspace),
    createUnityCatalog(workspace),
    createFiles(workspace),
    createSql(workspace, shared.tables),
    createQueries(workspace),
    pipelines.service,
    createServing(workspace, shared.python, registeredModels(workspace.metastore), { secrets }),
    createSecrets(workspace, secrets),
    createJobs(workspace, {
      tokens,
      tables: shared.tables,
      pipelines: pipelines.updates,
      python: shared.python,
      slots: shared.slots,
      pythonSite: pythonSite(),
      warehouseId: warehouseId(workspace),
      ...(shared.graceMilliseconds === undefined ? {} : { graceMilliseconds: shared.graceMilliseconds }),
      onDefect,
    }),
  ];
}

/**
 * The folder with the Python modules that every job has on its path: beside this source, or, in the built bundle, at the
 * package's own path.
 * @throws Error when the package lacks it
 */
function pythonSite(): string {
  const candidates = [
    path.join(__dirname, 'python', 'site'),
    path.join(__dirname, '..', '..', 'local', 'workspace', 'python', 'site'),
  ];
  const found = candidates.find((folder) => existsSync(path.join(folder, 'launch_task.py')));
  if (found === undefined) {
    throw new Error(`The Python modules of the local workspace are not in ${candidates.join(' nor in ')}.`);
  }
  return found;
}
