import { TaskError } from '../errors';
import { isLoopback } from '../http/network';
import { withoutSlashesAtEnd } from '../slashes';
import type { ConnectionDetails } from './port';

/** Application id of Azure Databricks in every Entra tenant; tokens for a workspace are issued for it. */
export const DATABRICKS_RESOURCE_ID = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

/** One cloud of Azure. */
export interface Cloud {
  /** As Azure DevOps names it in the data of a connection (`environment`). */
  readonly environment: string;
  /** End of the names of its workspaces. */
  readonly zone: string;
  /** Entra authority that issues tokens for it. */
  readonly authority: string;
  /** Resource of the token that proves a right on the workspace as an object of Azure. */
  readonly serviceManagement: string;
}

const PUBLIC: Cloud = {
  environment: 'AzureCloud',
  zone: '.azuredatabricks.net',
  authority: 'https://login.microsoftonline.com',
  serviceManagement: 'https://management.core.windows.net/',
};

const CLOUDS: readonly Cloud[] = [
  PUBLIC,
  {
    environment: 'AzureUSGovernment',
    zone: '.databricks.azure.us',
    authority: 'https://login.microsoftonline.us',
    serviceManagement: 'https://management.core.usgovcloudapi.net/',
  },
  {
    environment: 'AzureChinaCloud',
    zone: '.databricks.azure.cn',
    authority: 'https://login.chinacloudapi.cn',
    serviceManagement: 'https://management.core.chinacloudapi.cn/',
  },
];

/**
 * The cloud of an Azure connection: what its data say (`environment`), else the name of the workspace, else the public one (private DNS,
 * own domain). An environment that is none of the three (Azure Stack, a private cloud) brings its authority in `activeDirectoryAuthority`.
 * @throws TaskError CLOUD_DIFFERS when connection and workspace are of different clouds, CONNECTION_INCOMPLETE for an unknown environment
 */
export function cloudOf(connection: Pick<ConnectionDetails, 'data'>, workspaceUrl: string): Cloud {
  const { hostname } = new URL(workspaceUrl);
  const byName = CLOUDS.find(({ zone }) => hostname.endsWith(zone));
  const environment = connection.data('environment') ?? '';
  if (environment === '') {
    return byName ?? PUBLIC;
  }
  const said = CLOUDS.find((cloud) => cloud.environment.toLowerCase() === environment.toLowerCase());
  if (said === undefined) {
    return { ...PUBLIC, environment, authority: ownAuthority(connection, environment) };
  }
  if (byName !== undefined && byName !== said) {
    throw new TaskError(
      'CLOUD_DIFFERS',
      `The Azure connection is of ${said.environment}, but the workspace is of ${byName.environment}.`,
      {
        where: `The workspace is ${workspaceUrl}.`,
        todo: 'Choose a connection of the cloud in which the workspace is.',
      },
    );
  }
  return said;
}

/** True for the hosts that Azure Databricks has in one of the clouds, and for a local workspace; false for an own domain too. */
export function isWorkspaceHost(workspaceUrl: string): boolean {
  const { hostname } = new URL(workspaceUrl);
  return isLoopback(hostname) || CLOUDS.some(({ zone }) => hostname.endsWith(zone));
}

function ownAuthority(connection: Pick<ConnectionDetails, 'data'>, environment: string): string {
  const given = connection.data('activeDirectoryAuthority') ?? connection.data('environmentAuthorityUrl') ?? '';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TaskError(
      'CONNECTION_INCOMPLETE',
      `The Azure connection of environment '${environment}' names no Entra authority with https.`,
      { todo: 'Edit the service connection and save it again.' },
    );
  }
  return withoutSlashesAtEnd(given);
}
