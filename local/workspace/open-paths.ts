import type { IncomingMessage } from 'node:http';
import type { Reply, Workspace } from './api';
import { authorizationServer, hostMetadata } from './oauth/discovery';
import { issueToken, type TokenIssuer } from './oauth/token-endpoint';
import type { StartPage } from './start-page/start-page';

/** The paths that want no bearer token: public metadata, the token endpoint, and the pages, which have their own session. */
export function openPaths(site: {
  readonly workspace: Workspace;
  readonly startPage: StartPage;
  readonly issuer: TokenIssuer;
}): (request: IncomingMessage, url: URL) => Promise<Reply | undefined> {
  return async (request, url) => {
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/databricks-config':
        return hostMetadata(site.workspace);
      case 'GET /oidc/.well-known/oauth-authorization-server':
      case 'GET /oidc/.well-known/openid-configuration':
        return authorizationServer(site.workspace);
      case 'POST /oidc/v1/token':
        return issueToken(site.issuer, request);
      default:
        return site.startPage.answer(request, url);
    }
  };
}
