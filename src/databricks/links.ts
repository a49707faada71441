/** Addresses of the workspace's own pages, for people. They are not part of an API ([U]). */
export function modelVersionUrl(workspaceUrl: string, model: string, version: string): string {
  const levels = model.split('.').map(encodeURIComponent).join('/');
  return `${workspaceUrl}/explore/data/models/${levels}/version/${encodeURIComponent(version)}`;
}

export function mlflowRunUrl(workspaceUrl: string, experimentId: string, runId: string): string {
  return `${workspaceUrl}/ml/experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`;
}

export function servingEndpointUrl(workspaceUrl: string, endpoint: string): string {
  return `${workspaceUrl}/ml/endpoints/${encodeURIComponent(endpoint)}`;
}
