import type { Call, Operation, Service } from '../../../../local/workspace/api';
import { createFiles } from '../../../../local/workspace/files/service';
import { scimMe } from '../../../../local/workspace/identity/scim-me';
import { createMlflow } from '../../../../local/workspace/mlflow/service';
import type { ServicePrincipal } from '../../../../local/workspace/oauth/service-principals';
import { createUnityCatalog } from '../../../../local/workspace/unity-catalog/service';
import type { ServiceConnection } from '../../../../src/agent/host';
import { runTask } from '../../../../src/agent/run-task';
import { connectWorkspace } from '../../../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../../../src/databricks/workspace-client';
import { readInputs } from '../../../../tasks/DatabricksRegisterModel/inputs';
import { run } from '../../../../tasks/DatabricksRegisterModel/run';
import task from '../../../../tasks/DatabricksRegisterModel/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type ServiceWorkspace, startServiceWorkspace } from '../../../support/service-workspace';
import { surroundings } from '../../connection/surroundings';

export const model = 'main.default.price';

const SIGNED =
  'signature:\n  inputs: \'[{"type": "double", "name": "x"}]\'\n  outputs: \'[{"type": "double"}]\'\nsaved_input_example_info: {}\n';

/** A workspace with tracking, registry and files, and the task against it. */
export interface TrackedModel {
  readonly local: ServiceWorkspace;
  readonly client: WorkspaceClient;
  /** An MLflow run with a logged model `model`; the run's workflow run is 77. */
  readonly runId: string;
  readonly loggedModelId: string;
  /** Called before each request; what it throws is the answer. */
  intercept: (call: Call) => void;
  /** Output of the one task of workflow run 77. */
  workflowOutput: Record<string, unknown>;
  /** @param as who the step is; the administrator without it */
  register(inputs: Record<string, string>, as?: ServiceConnection): Promise<FakeHost>;
  writeModel(text: string): Promise<void>;
  versions(): Promise<{ version: string; status: string }[]>;
}

/**
 * @param mlmodel content of the file `MLmodel`
 * @param servicePrincipals who can sign in by a secret
 */
export async function startTrackedModel(
  mlmodel = SIGNED,
  servicePrincipals: readonly ServicePrincipal[] = [],
): Promise<TrackedModel> {
  const clock = new AutoClock();
  const state = { intercept: (_: Call): void => undefined, workflowOutput: {} as Record<string, unknown> };
  const intercepted = ({ operations, ...service }: Service): Service => ({
    ...service,
    operations: operations.map((operation) => ({
      ...operation,
      handle: (call: Call) => {
        state.intercept(call);
        return operation.handle(call);
      },
    })),
  });
  const local = await startServiceWorkspace(
    clock,
    (workspace) => [
      intercepted(createUnityCatalog(workspace)),
      intercepted(createMlflow(workspace)),
      intercepted(createFiles(workspace)),
      { operations: [scimMe, ...workflowRun(() => state.workflowOutput)] },
    ],
    servicePrincipals,
  );
  const connection = tokenConnection(local.url, local.token);
  const http = connectWorkspace(
    { kind: 'databricks', connection, workspaceUrl: local.url },
    { ...surroundings(), clock },
  );
  const client = createWorkspaceClient(http);
  const { experiment_id } = await http.json<{ experiment_id: string }>({
    method: 'POST',
    path: '/api/2.0/mlflow/experiments/create',
    body: { name: '/Shared/price' },
  });
  const tags = [{ key: 'mlflow.databricks.jobRunID', value: '77' }];
  const created = await http.json<{ run: { info: { run_id: string } } }>({
    method: 'POST',
    path: '/api/2.0/mlflow/runs/create',
    body: { experiment_id, tags },
  });
  const runId = created.run.info.run_id;
  const logged = await http.json<{ model: { info: { model_id: string } } }>({
    method: 'POST',
    path: '/api/2.0/mlflow/logged-models',
    body: { experiment_id, name: 'model', source_run_id: runId },
  });
  const loggedModelId = logged.model.info.model_id;
  const outputs = { run_id: runId, models: [{ model_id: loggedModelId, step: 0 }] };
  await http.json({ method: 'POST', path: '/api/2.0/mlflow/runs/outputs', body: outputs, acceptEmpty: true });
  const folder = `/WorkspaceInternal/Mlflow/Artifacts/${experiment_id}/LoggedModels/${loggedModelId}/artifacts`;
  const writeModel = (text: string) => client.files.upload(`${folder}/MLmodel`, Buffer.from(text));
  await writeModel(mlmodel);
  await client.files.upload(`${folder}/data/model file.bin`, Buffer.alloc(70_000, 7));

  return Object.assign(state, {
    local,
    client,
    runId,
    loggedModelId,
    writeModel,
    async register(inputs: Record<string, string>, as: ServiceConnection = connection) {
      const host = new FakeHost({
        inputs: { databricksConnection: 'dbx', model, ...inputs },
        connections: { dbx: as },
      });
      await runTask(task, readInputs, run, host, clock);
      return host;
    },
    versions: async () =>
      (await client.modelVersions.ofModel(model)).map(({ version, status }) => ({ version, status: status ?? '' })),
  });
}

/** The two reads of the Jobs API that the task makes. */
function workflowRun(output: () => Record<string, unknown>): Operation[] {
  const state = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };
  const tasks = [{ run_id: 78, task_key: 'train', start_time: 1, state }];
  return [
    {
      method: 'GET',
      path: '/api/2.2/jobs/runs/get',
      handle: ({ query }) =>
        query.get('run_id') === '77'
          ? { json: { run_id: 77, job_id: 7, state, tasks } }
          : {
              status: 400,
              json: { error_code: 'INVALID_PARAMETER_VALUE', message: `Run ${query.get('run_id')} does not exist.` },
            },
    },
    { method: 'GET', path: '/api/2.2/jobs/runs/get-output', handle: () => ({ json: output() }) },
  ];
}
