import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository. */
export const root = resolve(__dirname, '..', '..');

/** One input as `task.json` declares it. */
export interface DeclaredInput {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly helpMarkDown: string;
  readonly aliases?: readonly string[];
  readonly defaultValue?: string | boolean;
  readonly required?: boolean;
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string | boolean>>;
}

/** A whole `task.json`. */
export interface DeclaredTask {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly author: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly instanceNameFormat: string;
  readonly groups?: readonly { readonly name: string; readonly visibleRule?: string }[];
  readonly inputs: readonly DeclaredInput[];
  readonly outputVariables: readonly { readonly name: string; readonly description: string }[];
  readonly dataSourceBindings?: readonly {
    readonly target: string;
    readonly endpointId: string;
    readonly dataSourceName: string;
  }[];
  readonly restrictions: { readonly settableVariables: { readonly allowed: readonly string[] } };
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
}

/** One contribution of the manifest. */
export interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly properties: { readonly name: string };
}

/** Properties of the contribution of a service connection type. */
export interface ConnectionType {
  readonly name: string;
  readonly icon: string;
  readonly helpMarkDown: string;
  readonly url: { readonly isVisible: string; readonly helpText: string };
  readonly inputDescriptors: readonly InputDescriptor[];
  readonly authenticationSchemes: readonly {
    readonly type: string;
    readonly headers?: unknown;
    readonly inputDescriptors?: readonly InputDescriptor[];
  }[];
  readonly dataSources: readonly {
    readonly name: string;
    readonly endpointUrl: string;
    readonly resultSelector: string;
  }[];
}

/** One field of the form of a service connection. */
export interface InputDescriptor {
  readonly id: string;
  readonly inputMode: string;
  readonly isConfidential: boolean;
}

/** The parts of `vss-extension.json` that tests look at. */
export interface Manifest {
  readonly id: string;
  readonly publisher: string;
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly galleryFlags: readonly string[];
  readonly icons: { readonly default: string };
  readonly contributions: readonly Contribution[];
}

/** A file of the repository as text. */
export function readText(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}

/** The manifest. */
export function readManifest(): Manifest {
  return JSON.parse(readText('vss-extension.json')) as Manifest;
}

/** Folders below tasks/. */
export function taskFolders(): string[] {
  return readdirSync(join(root, 'tasks'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** One task.json. */
export function readTask(name: string): DeclaredTask {
  return JSON.parse(readText('tasks', name, 'task.json')) as DeclaredTask;
}

/** Names of the tasks: folders that hold a task.json. */
export function taskNames(): string[] {
  return taskFolders().filter((name) => existsSync(join(root, 'tasks', name, 'task.json')));
}

/** Every task.json that is there. */
export function readTasks(): DeclaredTask[] {
  return taskNames().map(readTask);
}

/** The one service connection type of the manifest. */
export function connectionType(): ConnectionType {
  const [found, ...more] = readManifest().contributions.filter(
    (contribution) => contribution.type === 'ms.vss-endpoint.service-endpoint-type',
  );
  if (found === undefined || more.length > 0) {
    throw new Error('vss-extension.json must contribute exactly one service connection type');
  }
  return found.properties as ConnectionType;
}
