import type { ConnectionContext, ConnectionDetails } from '../../../src/connection/port';
import { AutoClock } from '../../support/auto-clock';

/** A step's surroundings in memory; `masked` holds what was handed to `mask`. */
export function surroundings(
  variables: Record<string, string> = {},
): ConnectionContext & { masked: string[]; clock: AutoClock } {
  const masked: string[] = [];
  return {
    masked,
    clock: new AutoClock(),
    signal: new AbortController().signal,
    host: {
      kind: 'pipeline',
      variable: (name) => variables[name],
      jobAccessToken: () => variables['System.AccessToken'],
      jobConnectionUrl: () => variables['System.CollectionUri'] ?? variables['System.OidcRequestUri'],
      network: () => ({ proxyBypass: [], skipCertificateValidation: false }),
    },
    log: { info: () => undefined, debug: () => undefined, warning: () => undefined },
    taskName: 'DatabricksTest',
    taskVersion: '1.2.3',
    mask: (secret) => masked.push(secret),
  };
}

export function connection(
  scheme: string,
  parameters: Record<string, string> = {},
  data: Record<string, string> = {},
): ConnectionDetails {
  return { id: 'c0ffee00-0000-0000-0000-000000000001', url: '', scheme, parameters, data: (name) => data[name] };
}
