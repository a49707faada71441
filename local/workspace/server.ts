import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Clock, systemClock } from '../../src/clock';
import { TaskError } from '../../src/errors';
import { unwind } from '../unwind';
import type { Service, Workspace } from './api';
import { metadataFolder } from './data-folder';
import { FaultTable } from './faults/fault-table';
import { authorizer } from './grants/authorize';
import { openPort, type Port } from './http-server';
import type { Member } from './identity/directory';
import type { PrincipalSettings } from './identity/principal-settings';
import { administrator } from './identity/principals';
import { describeStart, permitWarehouse, principalTokens } from './identity/start-principals';
import { KeptIdentities } from './kept-identity';
import { openLmdbStore } from './lmdb-store';
import { type EntraTrust, entraTokens } from './oauth/entra-token';
import type { ServicePrincipal } from './oauth/service-principals';
import { openPaths } from './open-paths';
import { Router } from './router';
import { SecretScopes } from './secrets/secret-values';
import { createServices, openShared, type Shared, type SharedOptions } from './services';
import { StartPage } from './start-page/start-page';
import { Tokens } from './tokens';

/** `python` defaults to the interpreters of the cache folder, `maxConcurrentTasks` (over all workspaces) to 2. */
export interface StartOptions extends SharedOptions {
  /** One workspace each; default `['local']`. Letters, digits, `-` and `_`. */
  readonly names?: readonly string[];
  /** Port of the first workspace, the others follow; 0 takes free ones. Default: those of the last start where they are free. */
  readonly port?: number;
  /** Address to listen on; default 127.0.0.1. Anything else opens the workspace to the network. */
  readonly host?: string;
  /** The one folder in which all state lives. */
  readonly data: string;
  readonly clock?: Clock;
  /** Known to every workspace, for OAuth. */
  readonly servicePrincipals?: readonly ServicePrincipal[];
  /** Longest life of the tokens that OAuth gives, in seconds; default 3600. */
  readonly tokenSeconds?: number;
  /** Whose Entra tokens every workspace takes for those of its service principals; default: nobody's. */
  readonly entra?: EntraTrust;
  /** Who besides the administrator uses the workspaces, and with which rights; default: nobody, and every service principal may do everything. */
  readonly principals?: PrincipalSettings;
  /** Where the tokens of `principals` are; default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Text of the administrator's token in every workspace; default: a random one each. */
  readonly token?: string;
  /** Told of every defect of the workspace itself; default: standard error. */
  readonly onDefect?: (error: unknown) => void;
}

export interface RunningWorkspace {
  readonly name: string;
  /** Numeric id as text. */
  readonly id: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The administrator's bearer token of this start. */
  readonly token: string;
  /** Opens the start page, on this machine again and again. */
  readonly startPageUrl: string;
}

export interface RunningWorkspaces {
  readonly workspaces: readonly RunningWorkspace[];
  /** Ends every process that the workspaces started, then closes ports and store. */
  stop(): Promise<void>;
}

/**
 * Starts local workspaces: one process, one port each, one metastore (design 4).
 * @throws TaskError DATA_FOLDER_IN_USE, PORT_IN_USE, WORKSPACE_NAME_INVALID, PRINCIPAL_TOKEN_MISSING
 */
export async function startWorkspaces(options: StartOptions): Promise<RunningWorkspaces> {
  const names = checkedNames(options.names ?? ['local']);
  const clock = options.clock ?? systemClock;
  const data = path.resolve(options.data);
  const store = openLmdbStore(metadataFolder(data));
  const cleanUp: (() => Promise<void>)[] = [() => store.close()];
  try {
    const metastore = { store: store.scope('metastore'), folder: folderIn(data, 'metastore') };
    const shared = await openShared(metastore, options);
    cleanUp.push(() => shared.close());
    const members = describeStart(metastore, options.principals, clock.now());
    const running: RunningWorkspace[] = [];
    const identities = new KeptIdentities(metastore.store);
    for (const [index, name] of names.entries()) {
      const port = await openPortOf(options, index, identities.portOf(name));
      cleanUp.push(() => port.close());
      identities.keepPort(name, Number(new URL(port.url).port));
      const faults = new FaultTable(clock);
      const workspace: Workspace = {
        name,
        id: identities.idOf(name),
        url: port.url,
        clock: faults.clock,
        store: store.scope(`workspace/${name}`),
        metastore,
        folder: folderIn(data, 'workspaces', name),
      };
      const started = await startOne(workspace, shared, port, faults, options, members);
      cleanUp.push(started.stop);
      running.push(started.running);
    }
    return { workspaces: running, stop: () => unwind(cleanUp) };
  } catch (error) {
    await unwind(cleanUp);
    throw error;
  }
}

async function startOne(
  workspace: Workspace,
  shared: Shared,
  port: Port,
  faults: FaultTable,
  options: StartOptions,
  members: readonly Member[],
): Promise<{ running: RunningWorkspace; stop: () => Promise<void> }> {
  const tokens = new Tokens(workspace.store, workspace.clock);
  const admin = administrator();
  const token = tokens.startWithAdmin(admin, options.token);
  giveTokens(tokens, members, options);
  if (options.principals !== undefined) {
    permitWarehouse(workspace, options.principals);
  }
  const onDefect = options.onDefect ?? ((error: unknown) => console.error(error));
  const secrets = new SecretScopes(shared.secrets, workspace.clock.now());
  const services = createServices(workspace, shared, { tokens, faults, secrets, onDefect });
  const router = routerOf(services);
  const startPage = new StartPage(workspace, router, admin);
  const servicePrincipals = options.servicePrincipals ?? [];
  const { tokenSeconds } = options;
  const issuer = {
    servicePrincipals,
    tokens,
    clock: workspace.clock,
    ...(tokenSeconds === undefined ? {} : { tokenSeconds }),
  };
  const started: (() => Promise<void>)[] = [];
  try {
    for (const service of services) {
      started.push(async () => service.stop?.());
      await service.start?.();
    }
  } catch (error) {
    await unwind(started);
    throw error;
  }
  // Only now: a run that a client starts while the former ones are taken up would be taken for one of them.
  port.serve({
    workspace,
    tokens,
    faults,
    router,
    authorize: authorizer(workspace, shared.tables, secrets),
    ...(options.entra === undefined
      ? {}
      : { foreignTokens: entraTokens(options.entra, servicePrincipals, workspace.clock) }),
    open: openPaths({
      workspace,
      startPage,
      issuer,
      services,
      ...(options.entra === undefined ? {} : { entraIssuer: options.entra.issuer }),
    }),
    onDefect,
  });
  return {
    running: { name: workspace.name, id: workspace.id, url: workspace.url, token, startPageUrl: startPage.newLink() },
    stop: () => unwind(started),
  };
}

function giveTokens(tokens: Tokens, members: readonly Member[], options: StartOptions): void {
  for (const [name, text] of principalTokens(options.principals, options.environment ?? process.env)) {
    const member = members.find(({ userName }) => userName === name);
    if (member?.active === true) {
      tokens.keep(member, text);
    }
  }
}

function routerOf(services: readonly Service[]): Router {
  const router = new Router();
  for (const operation of services.flatMap((service) => service.operations)) {
    router.add(operation);
  }
  return router;
}

function checkedNames(names: readonly string[]): readonly string[] {
  const bad = names.find((name, index) => !/^[\w-]{1,64}$/.test(name) || names.indexOf(name) !== index);
  if (bad !== undefined || names.length === 0) {
    throw new TaskError(
      'WORKSPACE_NAME_INVALID',
      `'${bad ?? ''}' cannot be the name of a workspace, or is there twice.`,
      {
        todo: 'Use letters, digits, - and _, at most 64, and each name once.',
      },
    );
  }
  return names;
}

/** @param last port of the last start, so that links of then lead here again */
async function openPortOf(options: StartOptions, index: number, last: number): Promise<Port> {
  const { port: first, host = '127.0.0.1' } = options;
  const port = first === undefined ? last : first === 0 ? 0 : first + index;
  try {
    return await openPort(host, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      if (first === undefined) {
        return await openPort(host, 0);
      }
      throw new TaskError('PORT_IN_USE', `Port ${port} is already in use on this machine.`, {
        todo: 'Start with another --port, or with --port 0 for a free one.',
        cause: error,
      });
    }
    throw error;
  }
}

function folderIn(...parts: readonly string[]): string {
  const folder = path.join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}
