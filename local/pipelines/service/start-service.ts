import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { Reply } from '../../workspace/api';
import { sendReply } from '../../workspace/reply';
import { digestOf } from './digest';
import { findResource, pathSegments } from './find-resource';
import { LogNumbers } from './log-numbers';
import type { Caller, ServiceConnectionName, ServiceOptions } from './ports';
import { RESOURCES, readableTemplate } from './resources';
import type { Call, Resource } from './route';
import { badRequest, errorReply, ServiceError } from './service-error';
import { type Federation, TokenIssuer } from './token-issuer';

/** The running stand-in. */
export interface RunningService {
  /** Address of the organisation with a slash at the end: the URL of a job's own connection. */
  readonly url: string;
  /** What a local workspace must be told to trust the ID tokens of a connection. */
  federation(connection: ServiceConnectionName, projectName: string): Federation;
  stop(): Promise<void>;
}

/** Longest body, in bytes. */
const MOST_BYTES = 1_048_576;

/**
 * Starts the stand-in of the Azure DevOps REST interface on loopback: the documented shapes over the records of local runs, so that tasks
 * and azure-devops-node-api find what they would find there. Every request needs the token of a caller.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const issuer = await TokenIssuer.create(options);
  const logs = new LogNumbers();
  const server = createServer();
  await listening(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const site: Site = {
    options,
    issuer,
    logs,
    origin,
    hosts: new Set([`127.0.0.1:${port}`, `localhost:${port}`]),
    collectionUrl: `${origin}/${encodeURIComponent(options.organization.name)}/`,
  };
  server.on('request', (request, response) => {
    void answer(site, request)
      .then((reply) => sendReply(request, response, {}, reply))
      .catch((error: NodeJS.ErrnoException) => {
        // The reply was under way: only breaking off tells the client.
        response.destroy();
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') {
          onDefect(options, error);
        }
      });
  });
  return {
    url: site.collectionUrl,
    federation: (connection, projectName) => issuer.federation(connection, projectName),
    stop: () => closed(server),
  };
}

interface Site {
  readonly options: ServiceOptions;
  readonly issuer: TokenIssuer;
  readonly logs: LogNumbers;
  readonly origin: string;
  readonly hosts: ReadonlySet<string>;
  readonly collectionUrl: string;
}

async function answer(site: Site, request: IncomingMessage): Promise<Reply> {
  try {
    refuseForeign(request, site.hosts);
    return await route(site, request);
  } catch (error) {
    if (error instanceof ServiceError) {
      return errorReply(error);
    }
    onDefect(site.options, error);
    return errorReply(new ServiceError(500, 'Exception', `The local stand-in failed: ${String(error)}`));
  }
}

/** A name that only resolves to this machine (DNS rebinding), or a script of another site. */
function refuseForeign({ headers }: IncomingMessage, hosts: ReadonlySet<string>): void {
  const { host = '', origin } = headers;
  if (!hosts.has(host.toLowerCase())) {
    throw new ServiceError(403, 'AccessDeniedException', `The local stand-in does not answer for the host '${host}'.`);
  }
  if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^http:\/\//, ''))) {
    throw new ServiceError(403, 'AccessDeniedException', `The local stand-in does not answer the origin '${origin}'.`);
  }
}

async function route(site: Site, request: IncomingMessage): Promise<Reply> {
  const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const open = discovery(site, request, rawPath);
  if (open !== undefined) {
    return open;
  }
  const caller = authenticated(request, site.options.callers);
  const segments = belowOrganization(pathSegments(rawPath), site.options.organization.name);
  if (request.method === 'OPTIONS') {
    return locations(segments);
  }
  const found = findResource(segments);
  const operation = found?.resource.operations.find(({ method }) => method === request.method);
  if (found === undefined || operation === undefined) {
    throw unsupported(request.method ?? '', rawPath);
  }
  const call: Call = {
    options: site.options,
    issuer: site.issuer,
    logs: site.logs,
    caller,
    collectionUrl: site.collectionUrl,
    project: found.values['project'] ?? found.values['scopeIdentifier'] ?? '',
    values: found.values,
    query: new URLSearchParams(rawQuery),
    request,
    json: () => jsonBody(request),
  };
  return operation.answer(call);
}

/** The keys of the ID tokens, for who checks them: open, as everywhere. */
function discovery({ issuer, origin }: Site, { method }: IncomingMessage, path: string): Reply | undefined {
  if (method !== 'GET') {
    return undefined;
  }
  if (path === '/.well-known/jwks') {
    return { json: issuer.jwks };
  }
  if (path !== '/.well-known/openid-configuration') {
    return undefined;
  }
  return {
    json: {
      issuer: issuer.issuer,
      jwks_uri: `${origin}/.well-known/jwks`,
      subject_types_supported: ['public'],
      response_types_supported: ['id_token'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf'],
    },
  };
}

/** Bearer, or Basic with the token as password. */
function authenticated({ headers }: IncomingMessage, callers: readonly Caller[]): Caller {
  const [, scheme = '', credential = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const token =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credential, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : credential;
  const caller = callers.find((known) => timingSafeEqual(digestOf(known.token), digestOf(token)));
  if (token === '' || caller === undefined) {
    throw new ServiceError(
      401,
      'UnauthorizedRequestException',
      'TF400813: The user is not authorized to access this resource.',
    );
  }
  return caller;
}

/** The organisation at the beginning of a path may be left out. */
function belowOrganization(segments: readonly string[], name: string): readonly string[] {
  return segments[0]?.toLowerCase() === name.toLowerCase() ? segments.slice(1) : segments;
}

/** `OPTIONS _apis/{area}`: where clients find the routes of an area; `OPTIONS _apis`: all of them. */
function locations(segments: readonly string[]): Reply {
  const [apis = '', area, ...more] = segments;
  if (apis.toLowerCase() !== '_apis' || more.length > 0) {
    throw unsupported('OPTIONS', `/${segments.join('/')}`);
  }
  const chosen = RESOURCES.filter(
    (resource) =>
      resource.locationId !== undefined && (area === undefined || resource.area.toLowerCase() === area.toLowerCase()),
  );
  return { json: { count: chosen.length, value: chosen.map(location) } };
}

function location(resource: Resource): Record<string, unknown> {
  return {
    id: resource.locationId,
    area: resource.area,
    resourceName: resource.name,
    routeTemplate: resource.template,
    resourceVersion: resource.resourceVersion,
    minVersion: '1.0',
    maxVersion: '7.2',
    releasedVersion: '7.1',
  };
}

function unsupported(method: string, path: string): ServiceError {
  const known = RESOURCES.flatMap((resource) =>
    resource.operations.map((operation) => `${operation.method} ${readableTemplate(resource)}`),
  );
  return new ServiceError(
    404,
    'VssResourceNotFoundException',
    `The local stand-in of Azure DevOps does not know ${method} ${path}. It knows ${known.join(', ')}.`,
  );
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? Number.NaN) > MOST_BYTES) {
    throw new ServiceError(413, 'RequestContentTooLargeException', `The body is larger than ${MOST_BYTES} bytes.`);
  }
  const text = await limitedText(request);
  try {
    return text.trim() === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}`);
  }
}

async function limitedText(request: IncomingMessage): Promise<string> {
  let size = 0;
  async function* limited() {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) {
        throw new ServiceError(413, 'RequestContentTooLargeException', `The body is larger than ${MOST_BYTES} bytes.`);
      }
      yield chunk;
    }
  }
  return textOf(limited());
}

function onDefect(options: ServiceOptions, error: unknown): void {
  (options.onDefect ?? ((defect: unknown) => console.error(defect)))(error);
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
