import type { Call } from '../api';
import { type Fields, optionalText, requiredText } from '../fields';
import { trackingOf } from '../mlflow/tracking';
import type { Author } from './namespaces';
import { tagsOf } from './tags';
import type { NewVersion } from './versions';

/** Who calls, and the time of the call. */
export function authorOf(call: Call): Author {
  return { owner: call.principal.userName, now: call.workspace.clock.now() };
}

/**
 * What both dialects say about a new version. A run or logged model that this workspace knows adds its experiment, parameters and metrics.
 * @param comment the text under the dialect's own name for it
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function newVersion(call: Call, body: Fields, comment: string, dependencies: readonly unknown[]): NewVersion {
  const tracking = trackingOf(call.workspace);
  const runId = optionalText(body, 'run_id') ?? '';
  const modelId = optionalText(body, 'model_id') ?? '';
  const logged = tracking.loggedModels.get(modelId);
  return {
    source: requiredText(body, 'source'),
    runId,
    runExperimentId: tracking.runs.get(runId)?.info.experiment_id ?? '',
    runWorkspaceId: workspaceIdOf(body, runId, call),
    modelId,
    modelParams: logged?.data.params ?? [],
    modelMetrics: logged?.data.metrics ?? [],
    dependencies,
    comment,
    tags: tagsOf(body, 'tags'),
  };
}

function workspaceIdOf(body: Fields, runId: string, call: Call): string {
  const given = optionalText(body, 'run_tracking_server_id') ?? '';
  return /^\d{1,19}$/.test(given) ? given : runId === '' ? '' : call.workspace.id;
}
