import type { IncomingMessage } from 'node:http';
import type { OperationDescription, Reply, Service, Workspace } from './api';
import { answerStorage } from './files/object-storage';
import { STORAGE_PATH } from './files/signed-urls';
import { authorizationServer, hostMetadata, tenantPage } from './oauth/discovery';
import { issueToken, type TokenIssuer } from './oauth/token-endpoint';
import type { StartPage } from './start-page/start-page';

/** The open paths of the API, as the generated page lists them. */
export const openOperations: readonly OperationDescription[] = [
  {
    method: 'GET',
    path: '/.well-known/databricks-config',
    note: 'without a token',
    lacks: 'account_id and default audiences: there is no account',
  },
  { method: 'GET', path: '/oidc/.well-known/oauth-authorization-server', note: 'without a token' },
  { method: 'GET', path: '/aad/auth', note: 'without a token, where Entra tokens are taken: names the tenant' },
  {
    method: 'POST',
    path: '/oidc/v1/token',
    note: 'client_credentials, and token exchange of federated JWTs (RS256, ES256), for service principals named at the start',
    lacks: 'sign-in of users in a browser',
  },
  {
    method: 'GET',
    path: `${STORAGE_PATH}/*path`,
    note: 'signed URLs instead of a token, as a storage account has them',
  },
  { method: 'PUT', path: `${STORAGE_PATH}/*path`, note: 'Put Blob, Put Block, Put Block List, Path Create' },
  { method: 'PATCH', path: `${STORAGE_PATH}/*path`, note: 'Path Update: append and flush' },
  { method: 'DELETE', path: `${STORAGE_PATH}/*path`, note: 'gives up an upload in parts' },
];

/** The paths that want no bearer token: public metadata, the token endpoint, and the pages, which have their own session. */
export function openPaths(site: {
  readonly workspace: Workspace;
  readonly startPage: StartPage;
  readonly issuer: TokenIssuer;
  readonly services: readonly Pick<Service, 'open'>[];
  /** Issuer of the Entra tokens that are taken; absent: none are. */
  readonly entraIssuer?: string;
}): (request: IncomingMessage, url: URL) => Promise<Reply | undefined> {
  return async (request, url) => {
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/databricks-config':
        return hostMetadata(site.workspace);
      case 'GET /oidc/.well-known/oauth-authorization-server':
        return authorizationServer(site.workspace);
      case 'GET /aad/auth':
        return site.entraIssuer === undefined ? undefined : tenantPage(site.entraIssuer);
      case 'POST /oidc/v1/token':
        return issueToken(site.issuer, request);
      default:
        return (
          (await answerOfServices(site.services, request, url)) ??
          (await answerStorage(site.workspace, request, url)) ??
          site.startPage.answer(request, url)
        );
    }
  };
}

async function answerOfServices(
  services: readonly Pick<Service, 'open'>[],
  request: IncomingMessage,
  url: URL,
): Promise<Reply | undefined> {
  for (const service of services) {
    const reply = await service.open?.(request, url);
    if (reply !== undefined) {
      return reply;
    }
  }
  return undefined;
}
