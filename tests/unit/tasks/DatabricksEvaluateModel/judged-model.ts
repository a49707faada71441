import { connectWorkspace } from '../../../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../../../src/databricks/workspace-client';
import { AutoClock } from '../../../support/auto-clock';
import { type FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type Received, startDouble } from '../../../support/http-double';
import { startTestWorkspace } from '../../../support/local-workspace';
import { surroundings } from '../../connection/surroundings';
import { regressionRows } from '../../evaluation/sample-policy';
import { evaluationStep, model, POLICY, writeSources } from './evaluation-step';

export const TABLE = 'main.default.eval_predictions_price';
const SIGNED = 'signature:\n  inputs: \'[{"type": "double", "name": "x"}]\'\n  outputs: \'[{"type": "double"}]\'\n';
const COLUMNS =
  'id STRING, y DOUBLE, p_challenger DOUBLE, p_champion DOUBLE, challenger_version STRING, champion_version STRING, region STRING';

/** A model with versions 1 and 2 (2 is `challenger`) and its prediction table, in a local workspace behind a gate. */
export interface JudgedModel {
  readonly client: WorkspaceClient;
  /** Sees each request of the task before the workspace does; what it returns is the answer. */
  intercept: (request: Received) => Answer | undefined | Promise<undefined>;
  execute(statement: string): Promise<unknown>;
  /** Overwrites the table; versions as given, `''` for none. */
  write(rows: PredictionRows): Promise<unknown>;
  step(inputs?: Record<string, string>, policy?: string): Promise<FakeHost>;
  stop(): Promise<void>;
}

export interface PredictionRows {
  readonly noise: number;
  readonly challenger: string;
  readonly champion: string;
  readonly region?: string;
  /** Stands before the number in each id. */
  readonly idPrefix?: string;
}

export async function startJudgedModel(): Promise<JudgedModel> {
  const workspace = await startTestWorkspace();
  const connection = tokenConnection(workspace.url, workspace.token);
  const client = createWorkspaceClient(
    connectWorkspace(
      { kind: 'databricks', connection, workspaceUrl: workspace.url },
      { ...surroundings(), clock: new AutoClock() },
    ),
  );
  const listed = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
  const warehouseId = listed.json.warehouses[0]?.id ?? '';
  const execute = (statement: string) => client.statements.execute({ statement, warehouseId });
  const state: Pick<JudgedModel, 'intercept'> = { intercept: () => undefined };
  const gate = await startDouble(
    async (request) => (await state.intercept(request)) ?? forwarded(workspace.url, request),
  );

  await client.registeredModels.create({ name: model });
  for (const version of ['1', '2']) {
    const described = { source: `runs:/r${version}/model`, run_id: `r${version}`, description: `model ${version}` };
    await client.modelVersions.create({ name: model, ...described });
    await client.files.upload(`/Models/main/default/price/${version}/MLmodel`, Buffer.from(SIGNED));
    await client.modelVersions.finalize(model, version);
  }
  await client.registeredModels.setAlias(model, 'challenger', '2');
  await execute(`CREATE TABLE ${TABLE} (${COLUMNS})`);

  return Object.assign(state, {
    client,
    execute,
    write: (rows: PredictionRows) => execute(`INSERT OVERWRITE ${TABLE} VALUES ${valuesOf(rows)}`),
    step: (inputs: Record<string, string> = {}, policy = POLICY) =>
      evaluationStep(
        { policyFile: writeSources(policy, '').policyFile, predictions: `table:${TABLE}`, ...inputs },
        tokenConnection(gate.url, workspace.token),
      ),
    stop: async () => {
      await gate.close();
      await workspace.stop();
    },
  });
}

function valuesOf({ noise, challenger, champion, region = 'north', idPrefix = '' }: PredictionRows): string {
  const text = (value: string) => (value === '' ? 'NULL' : `'${value}'`);
  return regressionRows(60, noise, 30)
    .map((row) => {
      const predictions = [row.y, row.p_challenger, champion === '' ? 'NULL' : row.p_champion].join(', ');
      return `('${idPrefix}${row.id}', ${predictions}, ${text(challenger)}, ${text(champion)}, '${region}')`;
    })
    .join(', ');
}

async function forwarded(url: string, { method, url: path, headers, body }: Received): Promise<Answer> {
  const { authorization = '', 'content-type': contentType = 'application/json' } = headers;
  const answer = await fetch(url + path, {
    method,
    headers: { authorization, 'content-type': contentType },
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'text/plain' },
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
