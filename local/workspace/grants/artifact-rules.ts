import type { Workspace } from '../api';
import { filesPathOfArtifacts } from '../files/locations';
import { trackingOf } from '../mlflow/tracking';
import { textField } from '../request-fields';
import type { Rule } from './catalog-rules';
import { requireFile } from './file-rules';

/**
 * An experiment may keep its artifacts in a volume: whoever lists them, or asks for URLs to them, needs the rights on the volume.
 * @returns rules by method and path of the operation
 */
export function artifactRules(workspace: Workspace): Readonly<Record<string, Rule>> {
  const ofRun =
    (reads: boolean): Rule =>
    async (call, access) => {
      const runId = (await textField(call, 'run_id')) || (await textField(call, 'run_uuid'));
      const { artifact_uri } = trackingOf(workspace).run(runId).info;
      requireFile(access, filesPathOfArtifacts(artifact_uri), reads);
      return undefined;
    };
  const ofLoggedModel =
    (reads: boolean): Rule =>
    async (call, access) => {
      const { artifact_uri } = trackingOf(workspace).loggedModel(call.params.model_id ?? '').info;
      requireFile(access, filesPathOfArtifacts(artifact_uri), reads);
      return undefined;
    };
  const models = '/api/2.0/mlflow/logged-models/:model_id/artifacts';
  return {
    'GET /api/2.0/mlflow/artifacts/list': ofRun(true),
    'POST /api/2.0/mlflow/artifacts/credentials-for-read': ofRun(true),
    'POST /api/2.0/mlflow/artifacts/credentials-for-write': ofRun(false),
    [`GET ${models}/directories`]: ofLoggedModel(true),
    [`POST ${models}/credentials-for-download`]: ofLoggedModel(true),
    [`POST ${models}/credentials-for-upload`]: ofLoggedModel(false),
  };
}
