import { ApiError, type LeftOut } from './api';

const TRACES =
  'Traces are left out: they belong to the evaluation of generative models, which this workspace does not serve. The MLflow client goes on without them.';

/** What clients of the service ask for and this workspace leaves out on purpose. The generated page lists it. */
export const leftOut: readonly LeftOut[] = [
  {
    room: 'clusters',
    why: 'Tasks run as processes of this machine: cluster settings of jobs are kept, and clusters are not made.',
  },
  {
    room: 'libraries',
    why: 'Tasks get the packages of their environment or cluster settings in a Python environment of this machine.',
  },
  { room: 'instance-pools', why: 'Tasks run as processes of this machine, without pools.' },
  { room: 'policies/clusters', why: 'Tasks run as processes of this machine, without cluster policies.' },
  {
    room: 'dbfs',
    why: 'The DBFS root is left out: use paths of volumes (/Volumes/…), which clients send to the Files API.',
  },
  {
    room: 'repos',
    why: 'Git folders are left out: upload their files to the workspace, or give the job a git_source.',
  },
  { room: 'git-credentials', why: 'Git folders are left out, so there are no credentials for them.' },
  {
    room: 'mlflow/registered-models',
    why: 'The workspace model registry is left out: set the registry to databricks-uc.',
  },
  {
    room: 'mlflow/model-versions',
    why: 'The workspace model registry is left out: set the registry to databricks-uc.',
  },
  {
    room: 'mlflow/databricks/registered-models',
    why: 'The workspace model registry is left out: set the registry to databricks-uc.',
  },
  {
    room: 'mlflow/databricks/model-versions',
    why: 'The workspace model registry is left out: set the registry to databricks-uc.',
  },
  { room: 'mlflow/traces', why: TRACES },
  {
    room: 'permissions/authorization',
    why: 'There is nothing to permit: tokens and passwords of the workspace are left out.',
  },
  { room: 'permissions/clusters', why: 'Clusters are not made.' },
  { room: 'permissions/cluster-policies', why: 'Cluster policies are left out.' },
  { room: 'permissions/instance-pools', why: 'Pools are left out.' },
  {
    room: 'permissions/registered-models',
    why: 'Models of Unity Catalog are granted: …/unity-catalog/permissions/function/<model>.',
  },
  { room: 'permissions/repos', why: 'Git folders are left out.' },
  {
    room: 'token',
    why: 'The token of the administrator is printed at the start; service principals sign in by OAuth.',
  },
  {
    room: 'token-management',
    why: 'The token of the administrator is printed at the start; service principals sign in by OAuth.',
  },
  { room: 'vector-search', why: 'Vector search is left out.' },
  {
    room: 'feature-store',
    why: 'Online tables and feature stores are left out: feature tables are tables of Unity Catalog.',
  },
  { room: 'lakeview', why: 'Dashboards are left out.' },
  { room: 'apps', why: 'Apps are left out.' },
  { room: 'account', why: 'The local workspace has no account.' },
  { room: 'accounts', why: 'The local workspace has no account.' },
];

/** 501 for an operation that the workspace does not have, with the reason where it is left out on purpose. */
export function unknownOperation(method: string, rawPath: string): ApiError {
  const why = reasonFor(rawPath);
  const what = `The local workspace does not know ${method} ${rawPath}`;
  return new ApiError(501, 'NOT_IMPLEMENTED', why === undefined ? `${what}.` : `${what}. ${why}`);
}

function reasonFor(rawPath: string): string | undefined {
  const behind = /^\/api\/\d+\.\d+\/(?:preview\/)?(.*)$/.exec(rawPath)?.[1];
  return behind === undefined
    ? undefined
    : leftOut.find(({ room }) => behind === room || behind.startsWith(`${room}/`))?.why;
}
