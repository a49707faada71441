import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../src/clock';
import type { LeftOut, OperationDescription, Workspace } from './api';
import { FaultTable } from './faults/fault-table';
import { TaskSlots } from './jobs/task-slots';
import { leftOut } from './left-out';
import { memoryStore } from './memory-store';
import { openOperations } from './open-paths';
import { SecretScopes } from './secrets/secret-values';
import { createServices, type Shared } from './services';
import { Tokens } from './tokens';

const standingClock: Clock = { now: () => 0, sleep: () => new Promise(() => {}) };

/** Every operation of the local workspace, by path and method. Starts nothing and writes nothing. */
export function describeOperations(): readonly OperationDescription[] {
  const folder = path.join(tmpdir(), 'never-made');
  const metastore = { store: memoryStore(), folder };
  const workspace: Workspace = {
    name: 'described',
    id: '0',
    url: 'http://127.0.0.1:0',
    clock: standingClock,
    store: memoryStore(),
    metastore,
    folder,
  };
  const tokens = new Tokens(workspace.store, standingClock);
  const services = createServices(workspace, unopened, {
    tokens,
    faults: new FaultTable(standingClock),
    secrets: new SecretScopes({}, 0),
    onDefect: () => {},
  });
  const described = services
    .flatMap((service) => service.operations)
    .map(({ handle: _handle, ...description }): OperationDescription => description);
  return [...openOperations, ...described].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

/** What is answered with 501 on purpose, by room. */
export function describeLeftOut(): readonly LeftOut[] {
  return [...leftOut].sort((a, b) => compare(a.room, b.room));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Shared parts that no listing ever calls. */
const unopened: Shared = {
  python: { interpreter: () => refuse() },
  tables: {
    find: () => refuse(),
    list: () => refuse(),
    read: () => refuse(),
    write: () => refuse(),
    dropSchema: () => refuse(),
    close: async () => {},
  },
  slots: new TaskSlots(0),
  secrets: {},
  close: async () => {},
};

function refuse(): never {
  throw new Error('Operations are only described here, not carried out.');
}
