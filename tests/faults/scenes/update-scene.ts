import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scimMe } from '../../../local/workspace/identity/scim-me';
import { createPipelines } from '../../../local/workspace/pipelines/service';
import { type MetastoreTables, openTables } from '../../../local/workspace/sql/service';
import { createUnityCatalog } from '../../../local/workspace/unity-catalog/service';
import { createWorkspaceFiles } from '../../../local/workspace/workspace-files/service';
import { runTask } from '../../../src/agent/run-task';
import type { Clock } from '../../../src/clock';
import { readInputs } from '../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../support/auto-clock';
import { FakeHost } from '../../support/fake-host';
import { type ServiceWorkspace, startServiceWorkspace } from '../../support/service-workspace';
import { switchOfTable } from './fault-switch';
import { Gate } from './gate';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';

const PIPELINES = '/api/2.0/pipelines';
const SOURCE = '/Shared/prices.sql';
const ENDED = ['COMPLETED', 'FAILED', 'CANCELED'];

interface UpdateReply {
  readonly update_id: string;
  readonly state: string;
}

/** Pipelines whose updates end while a step sleeps, and never before. */
export interface UpdateScene extends FaultScene {
  /** Updates go on as long as this is true, whoever waits. */
  held: boolean;
}

/** `DatabricksRunWorkflow` with action `update`; each subject is a pipeline of its own. */
export async function openUpdateScene(): Promise<UpdateScene> {
  const clock = new AutoClock();
  const gate = new Gate();
  const tables = await openTables({ folder: mkdtempSync(join(tmpdir(), 'databricks-mlops-tables-')) });
  const local = await startServiceWorkspace(
    clock,
    (workspace) => [
      createUnityCatalog(workspace),
      createWorkspaceFiles(workspace),
      createPipelines(workspace, gated(tables, gate)).service,
      { operations: [scimMe] },
    ],
    [principal],
  );
  await asked(local, 'POST', '/api/2.0/workspace/mkdirs', { path: '/Shared' });
  const source = 'CREATE OR REFRESH MATERIALIZED VIEW prices AS SELECT 1 AS n;';
  await asked(local, 'POST', `/api/2.0/workspace-files/import-file${SOURCE}?overwrite=true`, source);
  const signIn = new SignIn(local.url, local.token);
  let subjects = 0;
  let pipeline = '';

  const updatesOf = async (id: string): Promise<readonly UpdateReply[]> =>
    (await asked<{ updates?: UpdateReply[] }>(local, 'GET', `${PIPELINES}/${id}/updates`)).updates ?? [];
  const activeOf = async (id: string) => (await updatesOf(id)).filter(({ state }) => !ENDED.includes(state));

  async function letEnd(): Promise<void> {
    gate.open();
    while ((await activeOf(pipeline)).length > 0) {
      // The statement of an update is real: it takes its few milliseconds.
    }
    gate.close();
  }
  const stepClock: Clock = {
    now: () => clock.now(),
    sleep: async (milliseconds, signal) => {
      if (!scene.held) {
        await letEnd();
      }
      await clock.sleep(milliseconds, signal);
    },
  };

  const scene: UpdateScene = {
    held: false,
    faults: switchOfTable(local.faults),
    signIn,
    now: () => clock.now(),
    async newSubject() {
      subjects += 1;
      const name = `prices-${subjects}x`;
      const spec = { name, catalog: 'main', schema: 'default', libraries: [{ file: { path: SOURCE } }] };
      const { pipeline_id: id } = await asked<{ pipeline_id: string }>(local, 'POST', PIPELINES, spec);
      pipeline = id;
      return {
        name,
        async step() {
          const before = await updatesOf(id);
          // What an earlier step left active is taken up. What has ended is not: the Pipelines API does not say whose it was.
          const mayStart = before.every(({ state }) => ENDED.includes(state)) ? 1 : 0;
          const host = new FakeHost({
            inputs: { databricksConnection: 'dbx', action: 'update', pipeline: name },
            connections: { dbx: signIn.connection },
          });
          await runTask(task, readInputs, run, host, stepClock);
          const started = (await updatesOf(id)).length - before.length;
          assert.ok(started <= mayStart, `${started} updates started: ${host.printed}`);
          return host;
        },
        async mustHold(host) {
          assert.equal(host.result, 'Succeeded', host.printed);
          const [latest] = await updatesOf(id);
          assert.deepEqual(
            [host.outputs.get('runId'), host.outputs.get('resultState'), latest?.state],
            [latest?.update_id, 'COMPLETED', 'COMPLETED'],
          );
          assert.deepEqual(await activeOf(id), []);
          assert.deepEqual(host.issues, []);
        },
      };
    },
    async close() {
      gate.open();
      assert.deepEqual(local.defects, []);
      await local.close();
      await tables.close();
    },
  };
  return scene;
}

/** The tables, written to only while the gate is open. */
function gated(tables: MetastoreTables, gate: Gate): MetastoreTables {
  return {
    find: (name) => tables.find(name),
    list: (catalog, schema) => tables.list(catalog, schema),
    read: (body) => tables.read(body),
    write: async (body) => {
      await gate.opened();
      return tables.write(body);
    },
    dropSchema: (catalog, schema) => tables.dropSchema(catalog, schema),
    close: () => tables.close(),
  };
}

async function asked<T>(local: ServiceWorkspace, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await local.request(method, path, body);
  assert.equal(answer.status, 200, answer.text);
  return answer.json as T;
}
