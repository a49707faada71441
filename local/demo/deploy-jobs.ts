import { HttpClient } from '../../src/http/client';
import type { LocalWorkspace } from '../pipelines/settings/connections';
import { deploySample } from './sample-jobs';

/** The jobs of a bundle in each local workspace, as a deployment of the bundle would leave them; the catalog is named as the workspace. */
export async function deployJobs(folder: string, workspaces: readonly LocalWorkspace[], commit: string): Promise<void> {
  for (const workspace of workspaces) {
    await deploySample(clientOf(workspace), { folder, commit, catalog: workspace.name });
  }
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
