import type { Clock } from '../../../src/clock';
import type { TaskStub } from './job-request';

/** What the agent of this machine needs beside the job itself. */
export interface AgentOptions {
  readonly clock: Clock;
  /** Folder with one built bundle per task, `<Name>/task.json`. */
  readonly tasksFolder: string;
  /** Folder of the run; step logs are written below it, where their records say. */
  readonly runFolder: string;
  /** Node.js binary for an execution handler (`Node20_1`, `Node24`); default: that of this process. */
  nodeFor?(handler: string): string;
  /** Tasks that are not run, by `Task@1`, names in any case. */
  readonly stubs?: ReadonlyMap<string, TaskStub>;
  /** What processes find in their environment beside the job's own; default {@link agentEnvironment} of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

const KEPT = new Set(
  ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'USERPROFILE'].concat(
    ['SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMDATA'],
    [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'NO_PROXY',
      'ALL_PROXY',
      'NODE_EXTRA_CA_CERTS',
      'REQUESTS_CA_BUNDLE',
      'CURL_CA_BUNDLE',
    ],
    ['DATABRICKS_MLOPS_CACHE', 'DATABRICKS_MLOPS_PYTHON'],
  ),
);
const KEPT_BEGINNINGS = ['LC_', 'XDG_', 'SSL_CERT_', 'PIP_', 'UV_', 'PYENV_'];

/**
 * What of a laptop's environment an agent would have too: where programs and packages are found, language, proxies. Nothing else, so that
 * a step does not pass here by a token or setting that the user's shell happens to hold.
 */
export function agentEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) => {
      const upper = name.toUpperCase();
      const kept = KEPT.has(upper) || KEPT_BEGINNINGS.some((beginning) => upper.startsWith(beginning));
      return kept && value !== undefined ? [[name, value] as const] : [];
    }),
  );
}
