import { mkdirSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Host } from './host';
import { neutralLine, partedInJson } from './neutral-text';
import { hideSecrets } from './secret-forms';

/** What the terminal adapter is given by the command line. */
export interface TerminalOptions {
  /** Inputs by name; one that is missing has the default of task.json. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Folder for the step's files. */
  readonly folder: string;
  /** `true`: one JSON document on standard output at the end, everything else on standard error. */
  readonly json: boolean;
  readonly color: boolean;
  readonly debug: boolean;
}

/** A person's terminal: plain lines, secrets replaced before they are printed, outputs and files listed at the end. */
export function createTerminalHost(options: TerminalOptions): Host {
  const secrets = new Set<string>();
  const outputs: Record<string, string> = {};
  let summary = '';
  const write = (text: string) => {
    (options.json ? process.stderr : process.stdout).write(`${hideSecrets(text, secrets)}\n`);
  };
  const paint = (code: number, text: string) => (options.color ? `\u001B[${code}m${text}\u001B[0m` : text);
  const variables: Record<string, string> = {
    'Agent.TempDirectory': resolve(options.folder),
    'System.HostType': 'terminal',
  };
  mkdirSync(options.folder, { recursive: true });
  return {
    kind: 'terminal',
    input: (name) => options.inputs.get(name),
    variable: (name) => variables[name],
    connection: () => undefined,
    jobAccessToken: () => undefined,
    jobConnectionUrl: () => undefined,
    network: () => networkOfEnvironment(process.env),
    writeLine: write,
    debug: (line) => {
      if (options.debug) {
        write(paint(2, line));
      }
    },
    openGroup: (title) => write(paint(1, title)),
    closeGroup: () => undefined,
    issue: (type, message, code) => {
      const label = type === 'error' ? paint(31, 'error') : paint(33, 'warning');
      process.stderr.write(`${label}${code === undefined ? '' : ` ${code}`}: ${hideSecrets(message, secrets)}\n`);
    },
    setProgress: (percent, text) => {
      if (options.debug) {
        write(`${percent} % ${text}`);
      }
    },
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    setTaskVariable: () => undefined,
    taskVariable: () => undefined,
    maskSecret: (value) => secrets.add(value),
    uploadSummary: (path) => {
      summary = path;
    },
    attachFile: () => undefined,
    uploadArtifact: () => false,
    attachToLog: (path) => write(`file: ${shortPath(path)}`),
    publishTestResults: ({ path }) => write(`tests: ${shortPath(path)}`),
    complete: (result, message) => {
      if (options.json) {
        process.stdout.write(`${hideSecrets(visibleJson({ result, message, outputs }), secrets)}\n`);
        return;
      }
      const files = { ...outputs, ...(summary === '' ? {} : { summary }) };
      for (const [name, value] of Object.entries(files).filter(([, text]) => text !== '')) {
        const shown = name.endsWith('Path') || name === 'summary' ? shortPath(value) : value;
        write(`  ${paint(2, name.padEnd(20))} ${neutralLine(shown)}`);
      }
    },
    onCancel: listenForSignals,
  };
}

/** A closed terminal (SIGHUP) is a cancel too: what was started in the workspace would go on. The second signal ends this process at once. */
function listenForSignals(listener: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let canceled = false;
  const onSignal = () => {
    if (canceled) {
      process.exit(130);
    }
    canceled = true;
    listener();
  };
  for (const signal of signals) {
    process.on(signal, onSignal);
  }
  return () => {
    for (const signal of signals) {
      process.removeListener(signal, onSignal);
    }
  };
}

/** Folder of all runs of tasks at the terminal, below the working folder (git-ignored by convention). */
function terminalFolder(workingFolder: string): string {
  return join(workingFolder, '.mlops', 'tasks');
}

/**
 * Creates the folder of one run of a task, `<time>-<Task>` in the folder of all. Each run has its own, so that none deletes the report of
 * another.
 * @param now milliseconds since the epoch
 */
export function createTerminalFolder(workingFolder: string, taskName: string, now: number): string {
  const time = new Date(now).toISOString().replace(/\.\d+|[-:]/g, '');
  const wanted = join(terminalFolder(workingFolder), `${time}-${taskName}`);
  // `mkdir` with `recursive` says whether it created anything: two runs that begin in the same second get a folder each.
  let folder = wanted;
  for (let more = 2; mkdirSync(folder, { recursive: true }) === undefined; more += 1) {
    folder = `${wanted}-${more}`;
  }
  return folder;
}

/** A path as a person would type it here: relative where it lies below the working folder. */
function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** JSON of which a terminal shows every sign: what JSON leaves as it is may still move a cursor or turn a line's direction. */
function visibleJson(value: unknown): string {
  return partedInJson(JSON.stringify(value, null, 2)).replace(
    /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The proxy and CA variables that command-line tools share (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`). */
function networkOfEnvironment(environment: NodeJS.ProcessEnv): ReturnType<Host['network']> {
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy'];
  const caFile = environment['SSL_CERT_FILE'];
  return {
    ...(proxy ? { proxy: { url: proxy } } : {}),
    proxyBypass: (environment['NO_PROXY'] ?? environment['no_proxy'] ?? '')
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== '')
      .map(
        (host) =>
          `^https?://([^/]*\\.)?${host
            .replace(/^\./, '')
            .replace(/[.+?^$()|[\]{}\\]/g, '\\$&')
            .replace(/\*/g, '.*')}(:|/|$)`,
      ),
    ...(caFile ? { caFile } : {}),
    skipCertificateValidation: false,
  };
}
