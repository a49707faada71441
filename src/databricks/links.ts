import { percentEncoded } from '../percent-encoded';

// Addresses of the workspace's own pages, for people. They are no part of an API [U], so they stand here and nowhere else.

/** Page of a model version. */
export function modelVersionUrl(workspaceUrl: string, model: string, version: string): string {
  const levels = model.split('.').map(percentEncoded).join('/');
  return `${workspaceUrl}/explore/data/models/${levels}/version/${percentEncoded(version)}`;
}

/** Page of an MLflow run. */
export function mlflowRunUrl(workspaceUrl: string, experimentId: string, runId: string): string {
  return `${workspaceUrl}/ml/experiments/${percentEncoded(experimentId)}/runs/${percentEncoded(runId)}`;
}

/** Page of a serving endpoint. */
export function servingEndpointUrl(workspaceUrl: string, endpoint: string): string {
  return `${workspaceUrl}/ml/endpoints/${percentEncoded(endpoint)}`;
}

/** Page of an update of a Lakeflow pipeline. */
export function pipelineUpdateUrl(workspaceUrl: string, pipelineId: string, updateId: string): string {
  return `${workspaceUrl}/pipelines/${percentEncoded(pipelineId)}/updates/${percentEncoded(updateId)}`;
}
