import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { version } from '../../package.json';
import { logTo } from '../../src/agent/log';
import { maskForms } from '../../src/agent/secret-forms';
import { createTerminalHost } from '../../src/agent/terminal-host';
import { systemClock } from '../../src/clock';
import { connectWorkspace } from '../../src/connection/connect';
import { SecurablesApi } from '../../src/databricks/securables';
import { ApiError } from '../../src/http/errors';
import { nearestName } from '../../src/nearest-name';
import { commandLine } from '../command-line';
import { bundleVariables } from '../demo/deploy-jobs';
import { type DeployedJob, deploySample } from '../demo/sample-jobs';
import { packageRoot } from '../package-root';
import { print, printJson } from '../terminal/print';
import { cellsOf, shownText } from '../terminal/shown-text';
import { CommandError } from './command-error';
import { complain } from './complain';
import { calledAs } from './own-program';

/** What `workspace deploy` is asked for. */
export interface DeployOptions {
  /** Folder of a `databricks.yml`; default: the sample of this package. */
  readonly folder: string | undefined;
  readonly catalog: string | undefined;
  /** Commit that the jobs are stamped with; default `local`. */
  readonly commit: string | undefined;
  /** Profile of `~/.databrickscfg`; default: the environment. */
  readonly profile: string | undefined;
  readonly json: boolean;
}

/**
 * `databricks-mlops workspace deploy`: uploads the files of a bundle and creates or resets its jobs, in the workspace that the profile or
 * the environment names.
 * @throws CommandError for wrong usage; TaskError and ApiError of the deployment
 */
export async function deploy(options: DeployOptions): Promise<number> {
  const { catalog = '', commit = 'local', profile, json } = options;
  const folder = resolve(options.folder ?? join(packageRoot(), 'samples', 'diabetes'));
  checkName('--catalog', catalog);
  checkName('--commit', commit);
  if (!existsSync(join(folder, 'databricks.yml'))) {
    throw new CommandError(`There is no databricks.yml in ${folder}. Name the folder that has one.`);
  }
  if (profile !== undefined) {
    process.env['DATABRICKS_CONFIG_PROFILE'] = profile;
  }
  const client = connected(json);
  await refuseMissingCatalog(new SecurablesApi(client), catalog);
  const jobs = await deploySample(client, {
    folder,
    catalog,
    commit,
    variables: bundleVariables(process.env),
    warn: (sentence) => complain(`warning: ${shownText(sentence)}`),
  });
  if (json) {
    printJson(jobs);
  } else {
    print(described(jobs));
  }
  return 0;
}

/** Both become part of names and paths in the workspace. */
function checkName(option: string, value: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(value)) {
    throw new CommandError(
      value === ''
        ? `${option} NAME is required: the catalog of Unity Catalog that the jobs train in, such as dev.`
        : `${option} may have letters, digits, '_', '-' and '.' only, not '${value}'.`,
    );
  }
}

/** Catalogs that are named where the wanted one is missing. */
const CATALOGS_SHOWN = 20;

/** Jobs can be created for any catalog, and would fail when they run. Only a definite "not found" counts: seeing a catalog is a right. */
async function refuseMissingCatalog(securables: SecurablesApi, catalog: string): Promise<void> {
  try {
    if ((await securables.catalog(catalog)) !== undefined) {
      return;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    complain(`warning: whether catalog '${catalog}' is there cannot be seen: ${error.sentences}`);
    return;
  }
  const names: string[] = [];
  for await (const { fullName } of securables.catalogs()) {
    names.push(fullName);
  }
  const near = nearestName(catalog, names);
  const there = names.slice(0, CATALOGS_SHOWN).map(shownText).join(', ');
  throw new CommandError(
    [
      `There is no catalog '${catalog}' in this workspace that you may see; nothing was deployed.`,
      ...(near === undefined ? [] : [`Did you mean ${shownText(near)}?`]),
      there === '' ? 'No catalog can be seen.' : `Catalogs: ${there}${names.length > CATALOGS_SHOWN ? ', …' : ''}.`,
    ].join(' '),
  );
}

/** A client with a terminal's network and credentials. It writes no files. */
function connected(json: boolean) {
  const host = createTerminalHost({
    inputs: new Map(),
    folder: tmpdir(),
    json,
    color: false,
    debug: false,
  });
  return connectWorkspace(
    { kind: 'terminal', workspaceUrl: '' },
    {
      host,
      clock: systemClock,
      signal: new AbortController().signal,
      log: logTo(host),
      taskName: 'workspace deploy',
      taskVersion: version,
      mask: (secret) => maskForms(secret, host),
    },
  );
}

function described(jobs: readonly DeployedJob[]): string {
  const shown = jobs.map((job) => ({ ...job, name: shownText(job.name) }));
  const width = Math.max(0, ...shown.map(({ name }) => cellsOf(name)));
  const lines = shown.map(
    ({ name, id, created }) => `  ${name}${' '.repeat(width - cellsOf(name))}  ${id}  ${created ? 'created' : 'reset'}`,
  );
  const next = jobs.find(({ key }) => key === 'train') ?? jobs[0];
  const hint =
    next === undefined
      ? 'The bundle has no jobs.'
      : `Next: ${commandLine([...calledAs(), 'task', 'DatabricksRunWorkflow', '--job', next.name]) ?? 'run one of them.'}`;
  return `${[...lines, '', hint].join('\n')}\n`;
}
