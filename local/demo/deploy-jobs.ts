import { HttpClient } from '../../src/http/client';
import type { LocalWorkspace } from '../pipelines/settings/connections';
import { deploySample } from './sample-jobs';

/** What the jobs of a bundle are deployed with. */
export interface JobsDeployment {
  /** Folder of `databricks.yml`. */
  readonly folder: string;
  readonly commit: string;
  /** Values of the bundle's own variables: `BUNDLE_VAR_NAME`, as the Databricks CLI takes them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly notice: (sentence: string) => void;
}

/** The jobs of a bundle in each local workspace, as a deployment of the bundle would leave them; the catalog is named as the workspace. */
export async function deployJobs(
  { folder, commit, environment, notice }: JobsDeployment,
  workspaces: readonly LocalWorkspace[],
): Promise<void> {
  const told = new Set<string>();
  for (const workspace of workspaces) {
    await deploySample(clientOf(workspace), {
      folder,
      commit,
      catalog: workspace.name,
      variables: bundleVariables(environment),
      warn: (sentence) => {
        if (!told.has(sentence)) {
          told.add(sentence);
          notice(sentence);
        }
      },
    });
  }
}

/** `BUNDLE_VAR_NAME=value` of an environment. Source: the Databricks CLI's documentation of bundle variables. */
export function bundleVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const prefix = 'BUNDLE_VAR_';
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** Requests to a local workspace as its administrator. */
export function clientOf({ url, token }: LocalWorkspace): HttpClient {
  return new HttpClient({
    baseUrl: url,
    credentials: {
      refreshable: false,
      headers: async () => ({ Authorization: `Bearer ${token}` }),
      invalidate: () => undefined,
    },
  });
}
