import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearestName } from '../../src/nearest-name';
import { commandLine } from '../command-line';
import { readSettings, SettingsInvalid } from '../pipelines/settings/settings-file';
import { replaceFile } from '../replace-file';
import { print, printJson } from '../terminal/print';
import { onRequestToEnd } from '../terminal/requests-to-end';
import { deleteState, metadataFolder } from '../workspace/data-folder';
import { HeldByProcess } from '../workspace/held-folder';
import { principalFindings } from '../workspace/identity/principal-findings';
import { principalsShape } from '../workspace/identity/principal-settings';
import { isAlive, type ProcessIdentity, processIdentity } from '../workspace/process-identity';
import { type RunningWorkspaces, type StartOptions, startWorkspaces } from '../workspace/server';
import { FIRST_CATALOGS } from '../workspace/unity-catalog/namespaces';
import { CommandError } from './command-error';
import { deploy } from './deploy';
import { calledAs } from './own-program';

const USAGE = `databricks-mlops workspace <start|deploy|status|stop|reset>

  start   [--port N] [--data DIR] [--workspace NAME]… [--principals FILE]
                                                        starts and stays until Ctrl-C; N for the first workspace, N+1 … for the others;
                                                        default: the ports of the last start on DIR where they are free;
                                                        FILE: users, groups and service principals with their rights (docs/principals.md)
  deploy  [FOLDER] --catalog NAME [--commit ID] [--profile NAME]
          uploads the files of FOLDER (default: samples/diabetes of this package) and creates the jobs of its databricks.yml, or resets
          them, in the workspace of the profile, or of DATABRICKS_HOST and DATABRICKS_TOKEN; NAME is a catalog that is there
  status  [--data DIR]                                  what runs there
  stop    [--data DIR]                                  ends it
  reset   [--data DIR]                                  deletes all its state

  Default of --data: .mlops/workspace. --json: start, deploy and status print for machines. A development and test tool: not for production
  data. What it knows of the API and how clients connect: docs/local-workspace.md.
`;

const DEFAULT_DATA = join('.mlops', 'workspace');

/** What `start` leaves for `status` and `stop`; no token is in it. */
interface RunningRecord {
  readonly process: ProcessIdentity;
  readonly workspaces: readonly { readonly name: string; readonly url: string }[];
}

/** `databricks-mlops workspace …` (contract 9). */
export async function workspace(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [verb = '', ...rest] = positionals;
  if (values.help === true || verb === '') {
    print(USAGE);
    return values.help === true ? 0 : 2;
  }
  const data = resolve(values.data ?? DEFAULT_DATA);
  const json = values.json === true;
  if (rest.length > (verb === 'deploy' ? 1 : 0)) {
    throw new CommandError(`'${rest.at(-1)}' is one argument too many.\n\n${USAGE}`);
  }
  switch (verb) {
    case 'start':
      return start(
        data,
        {
          ...(values.port === undefined ? {} : { port: portOf(values.port) }),
          names: values.workspace ?? ['local'],
          ...described(values.principals),
        },
        json,
      );
    case 'deploy':
      return deploy({
        folder: rest[0],
        catalog: values.catalog,
        commit: values.commit,
        profile: values.profile,
        json,
      });
    case 'status':
      return status(data, json);
    case 'stop':
      return stop(data);
    case 'reset':
      return reset(data);
    default:
      throw new CommandError(`There is no 'workspace ${verb}'.${suggestion(verb)}\n\n${USAGE}`);
  }
}

function suggestion(verb: string): string {
  const near = nearestName(verb, ['start', 'deploy', 'status', 'stop', 'reset']);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        workspace: { type: 'string', multiple: true },
        principals: { type: 'string' },
        catalog: { type: 'string' },
        commit: { type: 'string' },
        profile: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node's own text goes on about positional arguments that begin with a hyphen, which this command has none of.
    const [what = ''] = (error as Error).message.split('. ');
    throw new CommandError(`${what.replace(/\.$/, '')}.\n\n${USAGE}`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new CommandError(`--port must be a number from 0 to 65535, not '${text}'.`);
  }
  return port;
}

/** @throws CommandError when the file is missing or wrong */
function described(file: string | undefined): Pick<StartOptions, 'principals'> {
  if (file === undefined) {
    return {};
  }
  try {
    const principals = readSettings(resolve(file), principalsShape, (settings) =>
      principalFindings(settings, process.env),
    );
    if (principals === undefined) {
      throw new CommandError(`There is no file ${resolve(file)}.`);
    }
    return { principals };
  } catch (error) {
    throw error instanceof SettingsInvalid ? new CommandError(error.message) : error;
  }
}

async function start(data: string, options: Omit<StartOptions, 'data'>, json: boolean): Promise<number> {
  // Listened for from the beginning: the start takes up queued runs, whose processes would outlive a server that just died.
  const asked = new Promise<void>((resolve) => onRequestToEnd(resolve));
  const running = await startWorkspaces({ ...options, data });
  writeRecord(data, running);
  if (json) {
    printJson(running.workspaces);
  } else {
    print(greeting(running));
  }
  await asked;
  await running.stop();
  rmSync(recordPath(data), { force: true });
  return 0;
}

function greeting(running: RunningWorkspaces): string {
  const blocks = running.workspaces.map(
    ({ name, url, token, startPageUrl }) => `Local workspace '${name}' at ${url}

  export DATABRICKS_HOST=${url} DATABRICKS_TOKEN=${token}

  MLflow, the Databricks SDKs and the Databricks CLI read these two variables, from any terminal where that line was pasted.

  Next, in another terminal after that line: ${deployCommand(name)}
  (the sample's jobs; then they can be run)

  Start page, in a browser of this machine: ${startPageUrl}
`,
  );
  return `${blocks.join('\n')}\nCtrl-C ends it; its state stays.\n`;
}

/** The sample's jobs for the catalog that is named as the workspace, as this program was called. */
function deployCommand(name: string): string {
  const catalog = FIRST_CATALOGS.includes(name) ? name : 'dev';
  return (
    commandLine([...calledAs(), 'workspace', 'deploy', '--catalog', catalog]) ?? `workspace deploy --catalog ${catalog}`
  );
}

function status(data: string, json: boolean): number {
  const record = readRecord(data);
  if (json) {
    printJson(record ?? { workspaces: [] });
  } else if (record === undefined) {
    print(`No local workspace runs on ${data}.\n`);
  } else {
    for (const { name, url } of record.workspaces) {
      print(`${name}  ${url}  (process ${record.process.pid})\n`);
    }
  }
  return record === undefined ? 1 : 0;
}

function stop(data: string): number {
  const record = readRecord(data);
  if (record === undefined) {
    print(`No local workspace runs on ${data}.\n`);
    return 0;
  }
  process.kill(record.process.pid, 'SIGTERM');
  print(`Asked process ${record.process.pid} to end.\n`);
  return 0;
}

function reset(data: string): number {
  if (readRecord(data) !== undefined) {
    throw new CommandError(`A local workspace runs on ${data}. Stop it first: ${stopCommand(data)}.`);
  }
  if (!existsSync(data)) {
    print(`There is no state in ${data}.\n`);
    return 0;
  }
  if (!existsSync(join(metadataFolder(data), 'data.mdb'))) {
    throw new CommandError(`${data} is not the data folder of a local workspace; nothing was deleted.`);
  }
  try {
    deleteState(data);
  } catch (error) {
    throw error instanceof HeldByProcess
      ? new CommandError(
          `Process ${error.pid} uses the state in ${data}: nothing was deleted. Wait for its end, or end it.`,
        )
      : error;
  }
  print(`Deleted the state in ${data}.\n`);
  return 0;
}

/** From here, as this program was called. */
function stopCommand(data: string): string {
  const places = data === resolve(DEFAULT_DATA) ? [] : ['--data', data];
  return commandLine([...calledAs(), 'workspace', 'stop', ...places]) ?? 'workspace stop';
}

function writeRecord(data: string, running: RunningWorkspaces): void {
  const own = processIdentity(process.pid);
  if (own === undefined) {
    throw new Error(`process ${process.pid} cannot read its own start time`);
  }
  const record: RunningRecord = {
    process: own,
    workspaces: running.workspaces.map(({ name, url }) => ({ name, url })),
  };
  mkdirSync(data, { recursive: true });
  replaceFile(recordPath(data), JSON.stringify(record));
}

/** The record of a living process; one that a killed process left counts as none, also when its number belongs to another by now. */
function readRecord(data: string): RunningRecord | undefined {
  if (!existsSync(recordPath(data))) {
    return undefined;
  }
  const record = JSON.parse(readFileSync(recordPath(data), 'utf8')) as RunningRecord;
  return isAlive(record.process) ? record : undefined;
}

function recordPath(data: string): string {
  return join(data, 'running.json');
}
