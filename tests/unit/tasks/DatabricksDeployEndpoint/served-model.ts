import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../../../../local/workspace/api';
import type { ServicePrincipal } from '../../../../local/workspace/oauth/service-principals';
import { registeredModels } from '../../../../local/workspace/serving/registered-models';
import { createServing } from '../../../../local/workspace/serving/service';
import { createUnityCatalog } from '../../../../local/workspace/unity-catalog/service';
import type { ServiceConnection } from '../../../../src/agent/host';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksDeployEndpoint/inputs';
import { run } from '../../../../tasks/DatabricksDeployEndpoint/run';
import task from '../../../../tasks/DatabricksDeployEndpoint/task.json';
import { DrivingClock } from '../../../support/driving-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { FakeScorers } from '../../../support/fake-scorers';
import { type ServiceWorkspace, startServiceWorkspace } from '../../../support/service-workspace';
import { VirtualClock } from '../../../support/virtual-clock';

export const model = 'main.default.price';
export const sample = { dataframe_split: { columns: ['x'], data: [[1], [2]] } };

/** A workspace with a model of four READY versions (a fifth is pending) and serving on a virtual clock; and the task against it. */
export interface ServedModel {
  readonly local: ServiceWorkspace;
  readonly scorers: FakeScorers;
  readonly clock: VirtualClock;
  /** The task's own view of the clock. */
  readonly driving: DrivingClock;
  setChampion(version: string): Promise<void>;
  /** Runs the task with these inputs on top of a deployment of the champion. */
  deploy(
    inputs?: Record<string, string>,
    started?: (host: FakeHost) => void,
    as?: ServiceConnection,
  ): Promise<FakeHost>;
  endpoint(): Promise<any>;
  updates(): number;
  /**
   * From request `number` (from 1) on nobody answers any more, as if the task had been killed: before that request has an effect, or after.
   * @returns how many requests came since
   */
  crashAt(number: number, when: 'before' | 'after'): () => number;
  close(): Promise<void>;
}

/** @param servicePrincipals who can sign in by a secret */
export async function startServedModel(servicePrincipals: readonly ServicePrincipal[] = []): Promise<ServedModel> {
  const clock = new VirtualClock();
  const driving = new DrivingClock(clock);
  const scorers = new FakeScorers();
  const python = { interpreter: () => Promise.reject(new Error('no interpreter is wanted here')) };
  let updates = 0;
  let requests = 0;
  let crash = { number: Number.POSITIVE_INFINITY, when: 'before' };

  function guarded(operation: Operation): Operation['handle'] {
    return async (call) => {
      requests += 1;
      updates += operation.method === 'PUT' ? 1 : 0;
      const dead = requests > crash.number || (requests === crash.number && crash.when === 'before');
      const reply = dead ? {} : await operation.handle(call);
      if (requests >= crash.number) {
        call.request.socket.destroy();
      }
      return reply;
    };
  }

  const local = await startServiceWorkspace(
    clock,
    (workspace) => {
      const registered = registeredModels(workspace.metastore);
      const models = {
        version: (name: string, version: string) => {
          const found = registered.version(name, version);
          return found && { ...found, folder: `/models/${version}` };
        },
      };
      const serving = createServing(workspace, python, models, { scorers, seed: 1 });
      return [createUnityCatalog(workspace), serving].map((service) => ({
        ...service,
        operations: service.operations.map((operation) => ({ ...operation, handle: guarded(operation) })),
      }));
    },
    servicePrincipals,
  );
  const root = '/api/2.0/mlflow/unity-catalog';
  await local.request('POST', `${root}/registered-models/create`, { name: model });
  for (const version of ['1', '2', '3', '4', '5']) {
    await local.request('POST', `${root}/model-versions/create`, { name: model, source: 'runs:/r/model', run_id: 'r' });
    if (version !== '5') {
      await local.request('POST', `${root}/model-versions/finalize`, { name: model, version });
    }
  }
  const samplePath = join(mkdtempSync(join(tmpdir(), 'databricks-mlops-sample-')), 'sample.json');
  writeFileSync(samplePath, JSON.stringify(sample));
  const setChampion = async (version: string) => {
    await local.request('POST', `${root}/registered-models/alias`, { name: model, alias: 'champion', version });
  };
  await setChampion('1');

  return {
    local,
    scorers,
    clock,
    driving,
    setChampion,
    async deploy(inputs = {}, started = undefined, as = tokenConnection(local.url, local.token)) {
      const defaults = { endpoint: 'price', model, sampleRequests: samplePath };
      const given = inputs.action === 'delete' ? { endpoint: 'price', model } : defaults;
      const host = new FakeHost({
        inputs: { databricksConnection: 'dbx', ...given, ...inputs },
        connections: { dbx: as },
      });
      started?.(host);
      await runTask(task, readInputs, run, host, driving);
      return host;
    },
    endpoint: async () => (await local.request('GET', '/api/2.0/serving-endpoints/price')).json,
    updates: () => updates,
    crashAt(number, when) {
      requests = 0;
      crash = { number, when };
      return () => requests;
    },
    close: () => local.close(),
  };
}
