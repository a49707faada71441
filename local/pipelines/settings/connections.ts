import type { PipelineConnection } from '../task-environment';
import { type ConnectionSettings, connectionFindings, connectionForm, type SecretSource } from './connection-settings';
import { idOfName } from './name-ids';
import { readSettings } from './settings-file';
import { connectionsShape } from './settings-shapes';

/** A local workspace as connections reach it. */
export interface LocalWorkspace {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

/** A connection that cannot be used here, in a sentence with what to do. */
export class ConnectionUnusable extends Error {
  override readonly name = 'ConnectionUnusable';
}

/** Connections by name, from `.mlops/connections.yml`. A name that is not in it points to the local workspace named by what follows its last `-`. */
export class Connections {
  readonly #described: ReadonlyMap<string, ConnectionSettings>;

  /** @throws SettingsInvalid */
  constructor(readonly file: string) {
    const settings = readSettings(file, connectionsShape, ({ connections }) =>
      Object.entries(connections).flatMap(([name, keys]) => connectionFindings(name, keys)),
    );
    this.#described = new Map(
      Object.entries(settings?.connections ?? {}).flatMap(([name, keys]) => {
        const form = connectionForm(keys);
        return form === undefined ? [] : [[name.toLowerCase(), form] as const];
      }),
    );
  }

  settings(name: string): ConnectionSettings {
    return this.#described.get(name.toLowerCase()) ?? { workspace: localWorkspaceOf(name) };
  }

  /** Names of the local workspaces that these connections need. */
  workspacesFor(names: readonly string[]): readonly string[] {
    const needed = names
      .map((name) => this.settings(name))
      .flatMap((found) => ('workspace' in found ? [found.workspace] : []));
    return [...new Set(needed)];
  }

  /**
   * The connection as the agent hands it to a task.
   * @throws ConnectionUnusable when a secret is not in the environment, or a local workspace does not run
   */
  resolve(
    name: string,
    workspaces: readonly LocalWorkspace[],
    environment: Readonly<Record<string, string | undefined>>,
  ): PipelineConnection {
    const settings = this.settings(name);
    const id = idOfName('connection', name);
    if ('workspace' in settings) {
      const workspace = workspaces.find((running) => running.name === settings.workspace);
      if (workspace === undefined) {
        throw new ConnectionUnusable(
          `Connection '${name}' needs the local workspace '${settings.workspace}', which does not run. Correct ${this.file}.`,
        );
      }
      return { id, url: workspace.url, scheme: 'Token', parameters: { apitoken: workspace.token } };
    }
    const secretOf = ({ env }: SecretSource): string => {
      const value = environment[env] ?? '';
      if (value === '') {
        throw new ConnectionUnusable(
          `Connection '${name}' takes its secret from the environment variable ${env}, which is not set. Set it, or correct ${this.file}.`,
        );
      }
      return value;
    };
    return 'token' in settings
      ? { id, url: settings.url, scheme: 'Token', parameters: { apitoken: secretOf(settings.token) } }
      : {
          id,
          url: settings.url,
          scheme: 'UsernamePassword',
          parameters: { username: settings.applicationId, password: secretOf(settings.secret) },
        };
  }
}

/** `dbx-staging` → `staging`; a name without `-` is the workspace's own. What a workspace cannot be called is replaced. */
function localWorkspaceOf(name: string): string {
  return (
    name
      .slice(name.lastIndexOf('-') + 1)
      .replace(/[^\w-]/g, '_')
      .slice(0, 64) || 'local'
  );
}
