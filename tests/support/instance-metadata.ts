import type { Clock } from '../../src/clock';
import type { Entra } from './entra';
import { type HttpDouble, startDouble } from './http-double';

/** The identities of a machine: the client ids of those that were assigned by users, and of its own. */
export interface Identities {
  readonly own?: string;
  readonly assigned?: readonly string[];
}

/**
 * The endpoint of a managed identity in both forms: the metadata service of a virtual machine at
 * `/metadata/identity/oauth2/token`, that of App Service at `/msi/token`.
 * @param header secret that App Service gives to its processes
 */
export function startInstanceMetadata(
  clock: Clock,
  entra: Entra,
  identities: Identities,
  header: string,
): Promise<HttpDouble> {
  return startDouble(async (request) => {
    const url = new URL(request.url, 'http://metadata');
    const form = url.pathname === '/msi/token' ? 'app service' : 'virtual machine';
    const version = form === 'app service' ? '2019-08-01' : '2018-02-01';
    const allowed =
      form === 'app service'
        ? request.headers['x-identity-header'] === header
        : url.pathname === '/metadata/identity/oauth2/token' && request.headers['metadata'] === 'true';
    if (request.method !== 'GET' || !allowed || url.searchParams.get('api-version') !== version) {
      return {
        status: 400,
        json: { error: 'invalid_request', error_description: 'Required metadata header not specified' },
      };
    }
    const wanted = url.searchParams.get('client_id');
    const identity = wanted === null ? identities.own : identities.assigned?.find((id) => id === wanted);
    if (identity === undefined) {
      return { status: 400, json: { error: 'invalid_request', error_description: 'Identity not found' } };
    }
    const resource = url.searchParams.get('resource') ?? '';
    const ends = String(Math.floor(clock.now() / 1000) + entra.lifeSeconds);
    return {
      headers: { date: new Date(clock.now()).toUTCString() },
      json: {
        access_token: await entra.tokenFor(identity, resource),
        expires_on: ends,
        // From when the token was issued, which may be long ago: the service keeps tokens.
        expires_in: '86399',
        token_type: 'Bearer',
        resource,
      },
    };
  });
}
