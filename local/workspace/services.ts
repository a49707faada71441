import type { Clock } from '../../src/clock';
import type { Metastore, Service, Workspace } from './api';
import { createFiles } from './files/service';
import { scimMe } from './identity/scim-me';
import { createMlflow } from './mlflow/service';
import type { PythonEnvironments } from './python/environment';
import type { Tokens } from './tokens';
import { createUnityCatalog } from './unity-catalog/service';

/** What all workspaces of a process share. */
export interface Shared {
  readonly python: PythonEnvironments;
  close(): Promise<void>;
}

interface SharedOptions {
  readonly metastore: Metastore;
  readonly clock: Clock;
  readonly options: { readonly python?: PythonEnvironments; readonly maxConcurrentTasks?: number };
}

/** Interpreter of last resort: the machine's own, whatever the requirements. */
const systemPython: PythonEnvironments = { interpreter: async () => 'python3' };

/** Opens what the workspaces share, once per process. */
export async function openShared({ options }: SharedOptions): Promise<Shared> {
  return { python: options.python ?? systemPython, close: async () => {} };
}

/** Every part of a workspace, in the order of its start. This file is the only list of them. */
export function createServices(workspace: Workspace, _shared: Shared, _tokens: Tokens): readonly Service[] {
  return [{ operations: [scimMe] }, createMlflow(workspace), createUnityCatalog(workspace), createFiles(workspace)];
}
