import type { Clock } from '../../../src/clock';
import type { Collection, Store } from '../store';
import { createDeployments } from './deployments';
import {
  advance,
  type Endpoint,
  type EndpointEvent,
  type ServedEntity,
  shortestUpdate,
  wantedDeployments,
} from './endpoint';
import type { EntityLogs } from './entity-logs';
import type { ScorerLaunch, ScorerReply, Scorers } from './scorers';

/** The stored endpoints of a workspace and the processes behind them, kept in step. */
export interface Endpoints {
  get(name: string): Endpoint | undefined;
  list(): Endpoint[];
  /** Stores an endpoint and starts what its configuration wants; what nothing wants any more is ended. */
  put(endpoint: Endpoint): void;
  remove(name: string): Promise<void>;
  /** @returns nothing when the deployment does not answer now */
  invoke(endpoint: Endpoint, deployment: string, body: Buffer, type: string): Promise<ScorerReply | undefined>;
  /** Takes up the endpoints of a former workspace process. */
  start(): void;
  /** Ends every process and forgets nothing. */
  stop(): Promise<void>;
}

export interface EndpointsContext {
  readonly clock: Clock;
  readonly store: Store;
  readonly scorers: Scorers;
  readonly logs: EntityLogs;
  /** Folder and variables of an entity. @throws Error when its model or a secret is gone */
  source(entity: ServedEntity): Pick<ScorerLaunch, 'modelFolder' | 'environment'>;
}

export function createEndpoints({ clock, store, scorers, logs, source }: EndpointsContext): Endpoints {
  const stored: Collection<Endpoint> = store.collection('serving-endpoints');
  const deployments = createDeployments(clock, scorers);
  const stopped = new AbortController();
  // Endpoint ids make a deployment's key unique in the workspace; they hold no blank.
  const scoped = (endpoint: Endpoint, key: string) => `${endpoint.id} ${key}`;

  function apply(name: string, id: string, event: EndpointEvent): void {
    const endpoint = stored.get(name);
    if (endpoint?.id === id && !stopped.signal.aborted) {
      put(advance(endpoint, event));
    }
  }

  function put(endpoint: Endpoint, kept: ReadonlySet<string> = new Set()): void {
    const before = stored.get(endpoint.name);
    stored.put(endpoint.name, endpoint);
    const wanted = wantedDeployments(endpoint);
    for (const [key, entity] of wanted) {
      deployments.start(
        scoped(endpoint, key),
        () => launch(endpoint.id, key, entity),
        kept.has(key),
        (change) => apply(endpoint.name, endpoint.id, { kind: 'entity', key, ...change, at: clock.now() }),
      );
    }
    for (const key of deployments.keys()) {
      if (key.startsWith(scoped(endpoint, '')) && !wanted.has(key.slice(scoped(endpoint, '').length))) {
        void deployments.end(key);
      }
    }
    if (endpoint.update === 'IN_PROGRESS' && before?.update !== 'IN_PROGRESS') {
      tickLater(endpoint);
    }
  }

  /** An update has a shortest duration; the clock says when it is over. */
  function tickLater(endpoint: Endpoint): void {
    clock.sleep(shortestUpdate, stopped.signal).then(
      () => apply(endpoint.name, endpoint.id, { kind: 'tick', at: clock.now() }),
      (reason: unknown) => {
        if (!stopped.signal.aborted) {
          throw reason;
        }
      },
    );
  }

  function launch(endpointId: string, key: string, entity: ServedEntity): ScorerLaunch {
    return {
      ...source(entity),
      buildLog: (line) => logs.append(endpointId, key, 'build', line),
      log: (line) => logs.append(endpointId, key, 'service', line),
    };
  }

  return {
    get: (name) => stored.get(name),
    list: () => [...stored.entries()].map(([, endpoint]) => endpoint),
    put: (endpoint) => put(endpoint),
    async remove(name) {
      const endpoint = stored.get(name);
      if (endpoint === undefined) {
        return;
      }
      stored.remove(name);
      const own = deployments.keys().filter((key) => key.startsWith(scoped(endpoint, '')));
      await Promise.all(own.map((key) => deployments.end(key)));
      logs.remove(endpoint.id);
    },
    invoke: (endpoint, deployment, body, type) => deployments.invoke(scoped(endpoint, deployment), body, type),
    start() {
      for (const [, former] of stored.entries()) {
        const endpoint = advance(former, { kind: 'restart', at: clock.now() });
        const recovering = [...wantedDeployments(endpoint)].filter(
          ([, entity]) => entity.state.deployment === 'DEPLOYMENT_RECOVERING',
        );
        put(endpoint, new Set(recovering.map(([key]) => key)));
        if (endpoint.update === 'IN_PROGRESS') {
          tickLater(endpoint);
        }
      }
    },
    async stop() {
      stopped.abort(new Error('The workspace stops.'));
      await deployments.endAll();
    },
  };
}
