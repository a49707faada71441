import type { ConnectionSelection } from './selection';

/** The application id that a connection signs in as; undefined where only the token knows: a personal token, the terminal, the machine's own identity. */
export function applicationIdOf(selection: ConnectionSelection): string | undefined {
  if (selection.kind === 'terminal') {
    return undefined;
  }
  const { scheme, parameters, data } = selection.connection;
  const byScheme: Readonly<Record<string, string | undefined>> = {
    usernamepassword: parameters['username'],
    none: data('clientId'),
    workloadidentityfederation: parameters['serviceprincipalid'],
    serviceprincipal: parameters['serviceprincipalid'],
    managedserviceidentity: data('msiclientId'),
  };
  return byScheme[scheme.toLowerCase()]?.trim() || undefined;
}
