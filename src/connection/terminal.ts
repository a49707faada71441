import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import type { Credentials } from '../http/request';
import { REFUSED_REST_MS } from './azure';
import { type AzureCli, azureCliToken, installedAzureCli } from './azure-cli';
import { workspaceHeaders } from './azure-headers';
import { cloudOf, DATABRICKS_RESOURCE_ID, isWorkspaceHost } from './clouds';
import { secretCredentials } from './databricks';
import type { ConnectionContext } from './port';
import { environmentSettings, type ProfileSettings, profileOf } from './profile';
import { fixedToken, RefreshedToken } from './token';
import { workspaceUrl } from './workspace-url';

/** The terminal's own means; replaced in tests. */
export interface TerminalMeans {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly azureCli: AzureCli;
  /** Text of the Databricks configuration file. */
  readConfiguration(path: string): string;
}

const thisMachine: TerminalMeans = {
  environment: process.env,
  azureCli: installedAzureCli,
  readConfiguration: (path) => readFileSync(path, 'utf8'),
};

/**
 * Workspace and credentials of a person at a terminal (contract 0.15): the profile that `DATABRICKS_CONFIG_PROFILE` names, else the
 * environment of the Databricks CLI, else `az login`.
 * @param givenUrl input `workspaceUrl`, `''` when empty; it must agree with what the profile says
 * @throws TaskError WORKSPACE_URL_REQUIRED, WORKSPACE_URL_DIFFERS, WORKSPACE_HOST_UNKNOWN, PROFILE_NOT_FOUND, PROFILE_INVALID, PROFILE_UNREADABLE
 */
export function terminalCredentials(
  http: HttpClient,
  givenUrl: string,
  context: ConnectionContext,
  means: TerminalMeans = thisMachine,
): { readonly workspaceUrl: string; readonly credentials: Credentials } {
  const profile = means.environment.DATABRICKS_CONFIG_PROFILE ?? '';
  const source = profile === '' ? 'the environment' : `profile '${profile}'`;
  const settings = profile === '' ? environmentSettings(means.environment) : readProfile(profile, means);
  const url = chosenUrl(givenUrl, settings, source);
  if (settings['token'] !== undefined && settings['token'] !== '') {
    context.mask(settings.token);
    return { workspaceUrl: url, credentials: fixedToken(settings.token) };
  }
  if (settings.client_id && settings.client_secret) {
    const client = { id: settings.client_id, secret: settings.client_secret };
    return { workspaceUrl: url, credentials: secretCredentials(http, url, client, context) };
  }
  const { serviceManagement } = cloudOf({ data: () => undefined }, url);
  const resourceId = settings['azure_workspace_resource_id'] ?? '';
  const why = `It was asked because ${source} has neither a token nor a client secret.`;
  const managementToken = () => azureCliToken(means.azureCli, context.clock, serviceManagement, why);
  const headers = workspaceHeaders(url, resourceId, managementToken, context.mask);
  const credentials = new RefreshedToken(context, {
    issuer: 'The Azure CLI',
    fetch: async () => headers(await azureCliToken(means.azureCli, context.clock, DATABRICKS_RESOURCE_ID, why)),
    refusedRestMs: REFUSED_REST_MS,
  });
  return { workspaceUrl: url, credentials };
}

function readProfile(name: string, means: TerminalMeans): ProfileSettings {
  const file = means.environment.DATABRICKS_CONFIG_FILE ?? join(homedir(), '.databrickscfg');
  let text: string;
  try {
    text = means.readConfiguration(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing
      ? `There is no configuration file ${file}.`
      : `The configuration file ${file} cannot be read.`;
    throw new TaskError('PROFILE_UNREADABLE', message, {
      todo: 'Write it with `databricks configure`, or use the environment variables DATABRICKS_HOST and DATABRICKS_TOKEN.',
      cause: error,
    });
  }
  return profileOf(text, name, file);
}

function chosenUrl(givenUrl: string, settings: ProfileSettings, source: string): string {
  const own = settings.host === undefined ? '' : workspaceUrl(settings.host, source);
  if (givenUrl === '' && own === '') {
    const named = source.startsWith('profile ');
    throw new TaskError(
      'WORKSPACE_URL_REQUIRED',
      named ? `The ${source} has no 'host'.` : 'It is not said which workspace is meant.',
      {
        todo: named
          ? "Write 'host = https://…' into it, or give --workspaceUrl."
          : 'Set DATABRICKS_HOST, or name a profile with --profile, or give --workspaceUrl (with `az login`).',
      },
    );
  }
  // A token of one workspace must not be sent to another.
  if (givenUrl !== '' && own !== '' && givenUrl !== own) {
    throw new TaskError('WORKSPACE_URL_DIFFERS', `Input 'workspaceUrl' is ${givenUrl}, but ${source} is for ${own}.`, {
      todo: 'Remove one of the two.',
    });
  }
  if (own === '' && hasSecret(settings) && !isWorkspaceHost(givenUrl)) {
    throw new TaskError(
      'WORKSPACE_HOST_UNKNOWN',
      `${givenUrl} is no host of Azure Databricks, and ${source} does not say for which workspace its secret is: it is not sent there.`,
      {
        todo: source.startsWith('profile ')
          ? "Write 'host = https://…' into the profile."
          : 'Set DATABRICKS_HOST to the workspace for which the secret is.',
      },
    );
  }
  return own === '' ? givenUrl : own;
}

function hasSecret({ token = '', client_secret: secret = '' }: ProfileSettings): boolean {
  return token !== '' || secret !== '';
}
