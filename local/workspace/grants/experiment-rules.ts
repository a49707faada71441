import type { Call, Workspace } from '../api';
import { textList } from '../fields';
import { filesPathOfArtifacts } from '../files/locations';
import { trackingOf } from '../mlflow/tracking';
import { fieldsOf, textField } from '../request-fields';
import type { Rule } from './catalog-rules';
import { ExperimentAccess, type ExperimentNeed } from './experiment-access';
import { requireFile } from './file-rules';
import { shownOnly } from './object-access';

const MLFLOW = '/api/2.0/mlflow';

/**
 * Who may do what with experiments, their runs and logged models, by method and path of the operation. An experiment has permissions of
 * its own and those of the folders above it. Artifacts that it keeps in a volume want the rights on the volume too.
 */
export function experimentRules(workspace: Workspace): Readonly<Record<string, Rule>> {
  const experiments = new ExperimentAccess(workspace);
  const tracking = trackingOf(workspace);

  const onExperiment =
    (need: ExperimentNeed): Rule =>
    async (call, access) => {
      experiments.require(access, (await textField(call, 'experiment_id')) || (call.params.id ?? ''), need);
      return undefined;
    };
  const onExperiments: Rule = async (call, access) => {
    for (const id of textList(await fieldsOf(call), 'experiment_ids')) {
      experiments.require(access, id, 'view');
    }
    return undefined;
  };
  const runOf = async (call: Call) =>
    tracking.runs.get((await textField(call, 'run_id')) || (await textField(call, 'run_uuid')));
  const onRun =
    (need: ExperimentNeed): Rule =>
    async (call, access) => {
      experiments.require(access, (await runOf(call))?.info.experiment_id ?? '', need);
      return undefined;
    };
  const onRuns =
    (name: string): Rule =>
    async (call, access) => {
      for (const id of call.query.getAll(name)) {
        experiments.require(access, tracking.runs.get(id)?.info.experiment_id ?? '', 'view');
      }
      return undefined;
    };
  const modelOf = (call: Call) => tracking.loggedModels.get(call.params.model_id ?? '');
  const onModel =
    (need: ExperimentNeed): Rule =>
    async (call, access) => {
      experiments.require(access, modelOf(call)?.info.experiment_id ?? '', need);
      return undefined;
    };
  const onArtifacts =
    (
      reads: boolean,
      find: (call: Call) => Promise<{ info: { experiment_id: string; artifact_uri: string } } | undefined>,
    ): Rule =>
    async (call, access) => {
      const info = (await find(call))?.info;
      experiments.require(access, info?.experiment_id ?? '', reads ? 'view' : 'edit');
      if (info !== undefined) {
        requireFile(access, filesPathOfArtifacts(info.artifact_uri), reads);
      }
      return undefined;
    };
  const findModel = async (call: Call) => modelOf(call);
  const shown: Rule = async (_, access) =>
    shownOnly('experiments', ({ experiment_id }) => experiments.may(access, String(experiment_id), 'view'));

  const models = `${MLFLOW}/logged-models`;
  return {
    [`POST ${MLFLOW}/experiments/create`]: async (call, access) => {
      const name = await textField(call, 'name');
      // What is no path is refused, with its reason, by who carries out the request.
      if (name.startsWith('/')) {
        experiments.requireMaking(access, name);
      }
      return undefined;
    },
    [`GET ${MLFLOW}/experiments/get`]: onExperiment('view'),
    [`GET ${MLFLOW}/experiments/get-by-name`]: async (call, access) => {
      const name = await textField(call, 'experiment_name');
      const found = [...tracking.experiments.entries()].find(([, experiment]) => experiment.name === name);
      experiments.require(access, found?.[0] ?? '', 'view');
      return undefined;
    },
    [`POST ${MLFLOW}/experiments/search`]: shown,
    [`GET ${MLFLOW}/experiments/list`]: shown,
    ...onEach('POST', `${MLFLOW}/experiments`, ['update', 'delete', 'restore'], onExperiment('manage')),
    ...onEach('POST', `${MLFLOW}/experiments`, ['set-experiment-tag', 'delete-experiment-tag'], onExperiment('edit')),
    [`POST ${MLFLOW}/runs/create`]: onExperiment('edit'),
    [`POST ${MLFLOW}/databricks/runs/delete-runs`]: onExperiment('edit'),
    [`POST ${MLFLOW}/databricks/runs/restore-runs`]: onExperiment('edit'),
    [`POST ${MLFLOW}/runs/search`]: onExperiments,
    [`GET ${MLFLOW}/runs/get`]: onRun('view'),
    ...onEach(
      'POST',
      `${MLFLOW}/runs`,
      [
        'update',
        'delete',
        'restore',
        'log-batch',
        'log-metric',
        'log-parameter',
        'log-inputs',
        'log-model',
        'outputs',
        'set-tag',
        'delete-tag',
      ],
      onRun('edit'),
    ),
    [`GET ${MLFLOW}/metrics/get-history`]: onRun('view'),
    [`GET ${MLFLOW}/metrics/get-history-bulk`]: onRuns('run_id'),
    [`GET ${MLFLOW}/metrics/get-history-bulk-interval`]: onRuns('run_ids'),
    [`POST ${models}`]: onExperiment('edit'),
    [`POST ${models}/search`]: onExperiments,
    [`GET ${models}:batchGet`]: async (call, access) => {
      for (const id of call.query.getAll('model_ids')) {
        experiments.require(access, tracking.loggedModels.get(id)?.info.experiment_id ?? '', 'view');
      }
      return undefined;
    },
    [`GET ${models}/:model_id`]: onModel('view'),
    [`PATCH ${models}/:model_id`]: onModel('edit'),
    [`DELETE ${models}/:model_id`]: onModel('edit'),
    [`PATCH ${models}/:model_id/tags`]: onModel('edit'),
    [`DELETE ${models}/:model_id/tags/:key`]: onModel('edit'),
    [`POST ${models}/:model_id/params`]: onModel('edit'),
    [`GET ${MLFLOW}/artifacts/list`]: onArtifacts(true, runOf),
    [`POST ${MLFLOW}/artifacts/credentials-for-read`]: onArtifacts(true, runOf),
    [`POST ${MLFLOW}/artifacts/credentials-for-write`]: onArtifacts(false, runOf),
    [`GET ${models}/:model_id/artifacts/directories`]: onArtifacts(true, findModel),
    [`POST ${models}/:model_id/artifacts/credentials-for-download`]: onArtifacts(true, findModel),
    [`POST ${models}/:model_id/artifacts/credentials-for-upload`]: onArtifacts(false, findModel),
    ...onPermissions(onExperiment),
  };
}

function onPermissions(onExperiment: (need: ExperimentNeed) => Rule): Readonly<Record<string, Rule>> {
  const path = '/api/2.0/permissions/experiments/:id';
  return {
    [`GET ${path}`]: onExperiment('view'),
    [`GET ${path}/permissionLevels`]: onExperiment('view'),
    [`PUT ${path}`]: onExperiment('manage'),
    [`PATCH ${path}`]: onExperiment('manage'),
  };
}

function onEach(method: string, root: string, names: readonly string[], rule: Rule): Readonly<Record<string, Rule>> {
  return Object.fromEntries(names.map((name) => [`${method} ${root}/${name}`, rule]));
}
