import { HttpClient } from '../http/client';
import { azureCredentials } from './azure';
import { databricksCredentials } from './databricks';
import { networkOf } from './network';
import type { ConnectionContext } from './port';
import type { ConnectionSelection } from './selection';
import { terminalCredentials } from './terminal';

/**
 * The client of the selected workspace: credentials refreshed before they end, network as the agent is configured, aborted by the
 * step's cancel. Nothing is sent before the first request.
 */
export function connectWorkspace(selection: ConnectionSelection, context: ConnectionContext): HttpClient {
  const open = new HttpClient({
    baseUrl: selection.workspaceUrl,
    network: networkOf(context.host, context.mask),
    clock: context.clock,
    userAgent: `databricks-mlops/${context.taskVersion} (${context.taskName})`,
    log: (line) => context.log.debug(line),
    say: (line) => context.log.info(line),
    warn: (line, code) => context.log.warning(line, code),
  });
  return signedIn(selection, open, context).withSignal(context.signal);
}

/** Tokens are fetched by the client without signal: the request that reaches the workspace on cancel may need a fresh one. */
function signedIn(selection: ConnectionSelection, open: HttpClient, context: ConnectionContext): HttpClient {
  const url = selection.workspaceUrl;
  switch (selection.kind) {
    case 'databricks':
      return open.at(url, databricksCredentials(open, selection.connection, url, context));
    case 'azure':
      return open.at(url, azureCredentials(open, selection.connection, url, context));
    case 'terminal': {
      const terminal = terminalCredentials(open, url, context);
      return open.at(terminal.workspaceUrl, terminal.credentials);
    }
  }
}
