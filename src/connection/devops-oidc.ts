import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { asking } from './party';
import type { ConnectionContext } from './port';

/** Attempts when Azure DevOps answers without a token, and the wait between them in ms. */
const ATTEMPTS = 3;
const WAIT_MS = 2_000;

/**
 * A fresh ID token of Azure DevOps for a service connection (lives about ten minutes).
 * Source: distributed task API, `oidctoken`, version 7.1. For a connection of a type of our own, and the hosts of `trustedUri`: [U].
 * @throws TaskError OIDC_UNAVAILABLE when the job has no token, or Azure DevOps gives none
 */
export async function connectionIdToken(
  http: HttpClient,
  connectionId: string,
  context: ConnectionContext,
): Promise<string> {
  const jobToken = context.host.jobAccessToken();
  if (jobToken === undefined || jobToken === '') {
    throw new TaskError('OIDC_UNAVAILABLE', 'This job has no access token, so that no ID token can be requested.', {
      todo: 'Run the step in an agent job; at the terminal use --profile or the environment of the Databricks CLI.',
    });
  }
  context.mask(jobToken);
  const url = trustedUri(requestUri(context), context);
  const party = {
    name: `Azure DevOps (${url.host})`,
    credential: 'an ID token for the service connection',
    todo: 'Check that the pipeline is authorised to use the service connection, and run the step in the job that names it as an input.',
  };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const answer = await asking(party, () =>
      http.at(url.origin).json<{ oidcToken?: string | null }>({
        method: 'POST',
        path: url.pathname,
        query: { 'api-version': '7.1', serviceConnectionId: connectionId },
        headers: {
          Authorization: `Bearer ${jobToken}`,
          'Content-Type': 'application/json',
          // A refusal is then a 401 and not a redirect to a login page.
          'X-TFS-FedAuthRedirect': 'Suppress',
        },
        bytes: new Uint8Array(),
        idempotent: true,
      }),
    );
    if (typeof answer.oidcToken === 'string' && answer.oidcToken !== '') {
      context.mask(answer.oidcToken);
      return answer.oidcToken;
    }
    if (attempt < ATTEMPTS) {
      await context.clock.sleep(WAIT_MS);
    }
  }
  throw new TaskError(
    'OIDC_UNAVAILABLE',
    `${party.name} gave no ID token for the service connection in ${ATTEMPTS} attempts.`,
    {
      where: `It was POST ${url.origin}${url.pathname}.`,
      todo: 'Check that the pipeline is authorised to use the connection, and run the step again.',
    },
  );
}

/**
 * The token of the job is sent to Azure DevOps only: to the host of the job's own connection, or to one that is known as Azure DevOps.
 * A script can set variables, this one perhaps too.
 */
function trustedUri(uri: string, context: ConnectionContext): URL {
  const own = context.host.jobConnectionUrl() ?? '';
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const known = url?.protocol === 'https:' && /(^|\.)(dev\.azure\.com|visualstudio\.com)$/.test(url.hostname);
  if (url === undefined || !(known || (URL.canParse(own) && new URL(own).origin === url.origin))) {
    throw new TaskError(
      'OIDC_ELSEWHERE',
      `The address of ID tokens, ${JSON.stringify(uri)}, is not that of Azure DevOps.`,
      {
        where: `The connection of the job is to ${JSON.stringify(own)}.`,
        todo: "Remove what sets the variable 'System.OidcRequestUri'.",
      },
    );
  }
  return url;
}

/** `System.OidcRequestUri`, or the same address from its parts on servers that do not set it. */
function requestUri(context: ConnectionContext): string {
  const given = context.host.variable('System.OidcRequestUri');
  if (given !== undefined && given !== '') {
    return given;
  }
  const need = (name: string): string => {
    const value = context.host.variable(name);
    if (value === undefined || value === '') {
      throw new TaskError(
        'OIDC_UNAVAILABLE',
        `The variable '${name}' is not set, so that no ID token can be requested.`,
        {
          todo: 'Run the step in an agent job.',
        },
      );
    }
    return value;
  };
  const collection = (
    context.host.variable('System.CollectionUri') ?? need('System.TeamFoundationCollectionUri')
  ).replace(/\/?$/, '/');
  const [project, hub, plan, job] = ['System.TeamProjectId', 'System.HostType', 'System.PlanId', 'System.JobId'].map(
    need,
  );
  return `${collection}${project}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${job}/oidctoken`;
}
