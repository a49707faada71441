import { TaskError } from '../errors';
import type { ConnectionDetails, ConnectionHost } from './port';
import { workspaceUrl } from './workspace-url';

/** Which workspace, and which of the ways to prove who we are. */
export type ConnectionSelection =
  | { readonly kind: 'databricks'; readonly connection: ConnectionDetails; readonly workspaceUrl: string }
  | { readonly kind: 'azure'; readonly connection: ConnectionDetails; readonly workspaceUrl: string }
  /** Profile, environment or `az login` (contract 0.15). `workspaceUrl` is empty when those name it. */
  | { readonly kind: 'terminal'; readonly workspaceUrl: string };

/** What {@link readSelection} needs of the step's inputs. */
export interface SelectionInputs {
  connection(name: string): ConnectionDetails | undefined;
  text(name: string): string;
}

/**
 * The inputs `databricksConnection`, `azureSubscription` and `workspaceUrl` (contract 0.2): exactly one way must be given.
 * @throws TaskError CONNECTION_REQUIRED, CONNECTION_AMBIGUOUS, WORKSPACE_URL_REQUIRED, WORKSPACE_URL_INVALID
 */
export function readSelection(inputs: SelectionInputs, kind: ConnectionHost['kind']): ConnectionSelection {
  const databricks = inputs.connection('databricksConnection');
  const azure = inputs.connection('azureSubscription');
  const url = inputs.text('workspaceUrl');
  if (databricks !== undefined && (azure !== undefined || url !== '')) {
    throw new TaskError('CONNECTION_AMBIGUOUS', "Input 'databricksConnection' already names workspace and identity.", {
      todo: "Remove 'azureSubscription' and 'workspaceUrl', or remove 'databricksConnection'.",
    });
  }
  if (databricks !== undefined) {
    return {
      kind: 'databricks',
      connection: databricks,
      workspaceUrl: workspaceUrl(databricks.url, 'the service connection'),
    };
  }
  if (azure !== undefined) {
    if (url === '') {
      throw new TaskError('WORKSPACE_URL_REQUIRED', "Input 'workspaceUrl' is required with 'azureSubscription'.", {
        todo: "Set 'workspaceUrl' to the address of the workspace, such as https://adb-1234567890123456.7.azuredatabricks.net.",
      });
    }
    return { kind: 'azure', connection: azure, workspaceUrl: workspaceUrl(url, "input 'workspaceUrl'") };
  }
  if (kind === 'terminal') {
    return { kind: 'terminal', workspaceUrl: url === '' ? '' : workspaceUrl(url, "input 'workspaceUrl'") };
  }
  throw new TaskError('CONNECTION_REQUIRED', 'No connection is given.', {
    todo: "Set 'databricksConnection', or 'azureSubscription' together with 'workspaceUrl'.",
  });
}
