import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { ModelVersion as ClientVersion } from '../../../src/databricks/model-versions';
import type { RegisteredModel as ClientModel } from '../../../src/databricks/registered-models';
import { integerId } from '../../../src/json';
import type { Workspace } from '../api';
import { JobStore } from '../jobs/run-store';
import { trackingOf } from '../mlflow/tracking';
import type { KeyValue, Metric } from '../mlflow/types';
import { unlessEmpty } from '../paging';
import { aliasesOf } from './aliases';
import type { RegisteredModel } from './models';
import { metastoreId } from './namespaces';
import { versionFolder } from './version-folder';
import type { ModelVersion } from './versions';

/** Get answers carry aliases and tags, list answers never do. */
export type Detail = 'get' | 'list';

/** A model in the dialect of `/api/2.0/mlflow/unity-catalog`: version numbers are text. */
export function mlflowModel(
  workspace: Workspace,
  model: RegisteredModel,
  detail: Detail,
): ClientModel & { deployment_job_id?: string; deployment_job_state?: string } {
  const aliases = model.aliases.map(({ alias, version }) => ({ alias, version: String(version) }));
  return {
    name: model.fullName,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    user_id: model.owner,
    ...text('description', model.comment),
    ...text('deployment_job_id', model.deploymentJobId ?? ''),
    ...text('deployment_job_state', deploymentJobState(workspace, model) ?? ''),
    ...(detail === 'get' && { ...list('aliases', aliases), ...list('tags', model.tags) }),
  };
}

/** A version in the dialect of `/api/2.0/mlflow/unity-catalog`. */
export function mlflowVersion(
  workspace: Workspace,
  version: ModelVersion,
  model: RegisteredModel,
  detail: Detail,
): ClientVersion {
  const { params, metrics } = loggedData(workspace, version);
  const aliases = aliasesOf(model, version.version);
  return {
    name: version.fullName,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    user_id: version.createdBy,
    ...text('description', version.comment),
    source: version.source,
    ...text('run_id', version.runId),
    ...text('run_experiment_id', version.runExperimentId),
    ...text('run_tracking_server_id', version.runWorkspaceId),
    status: version.status,
    storage_location: storageLocation(workspace, version),
    ...text('model_id', version.modelId),
    ...(detail === 'get' && {
      ...list(
        'aliases',
        aliases.map(({ alias }) => ({ alias, version: String(version.version) })),
      ),
      ...list('tags', version.tags),
      ...list(
        'model_params',
        params.map(({ key, value }) => ({ name: key, value })),
      ),
      ...list('model_metrics', metrics),
    }),
  };
}

/** A model in the dialect of `/api/2.1/unity-catalog/models`. */
export function catalogModel(workspace: Workspace, model: RegisteredModel, detail: Detail, includeAliases: boolean) {
  const [catalog_name, schema_name, name] = model.fullName.split('.');
  return {
    name,
    catalog_name,
    schema_name,
    full_name: model.fullName,
    owner: model.owner,
    ...text('comment', model.comment),
    metastore_id: metastoreId(workspace.metastore, workspace.clock.now()),
    id: model.id,
    created_at: model.createdAt,
    created_by: model.owner,
    updated_at: model.updatedAt,
    updated_by: model.updatedBy,
    deployment_job_id: model.deploymentJobId,
    ...(detail === 'get' && { tags: unlessEmpty(model.tags) }),
    ...(includeAliases && {
      aliases: unlessEmpty(model.aliases.map((one) => catalogAlias(model, one.alias, one.version))),
    }),
  };
}

/** A version in the dialect of `/api/2.1/unity-catalog/models`: version numbers are numbers. */
export function catalogVersion(
  workspace: Workspace,
  version: ModelVersion,
  model: RegisteredModel,
  detail: Detail,
  includeAliases: boolean,
) {
  const [catalog_name, schema_name, model_name] = version.fullName.split('.');
  const { params, metrics } = loggedData(workspace, version);
  return {
    catalog_name,
    schema_name,
    model_name,
    version: version.version,
    status: version.status,
    source: version.source,
    ...text('run_id', version.runId),
    run_workspace_id: version.runWorkspaceId === '' ? undefined : integerId(version.runWorkspaceId),
    ...text('comment', version.comment),
    storage_location: storageLocation(workspace, version),
    id: version.id,
    metastore_id: metastoreId(workspace.metastore, workspace.clock.now()),
    created_at: version.createdAt,
    created_by: version.createdBy,
    updated_at: version.updatedAt,
    updated_by: version.updatedBy,
    ...text('model_id', version.modelId),
    ...(version.dependencies.length > 0 && { model_version_dependencies: { dependencies: version.dependencies } }),
    ...(detail === 'get' && {
      tags: unlessEmpty(version.tags),
      model_params: unlessEmpty(params.map(({ key, value }) => ({ name: key, value }))),
      model_metrics: unlessEmpty(metrics),
    }),
    ...(includeAliases && {
      aliases: unlessEmpty(
        aliasesOf(model, version.version).map((one) => catalogAlias(model, one.alias, version.version)),
      ),
    }),
  };
}

/** An alias in the dialect of `/api/2.1/unity-catalog/models`. */
export function catalogAlias(model: RegisteredModel, alias: string, version: number) {
  const [catalog_name, schema_name, model_name] = model.fullName.split('.');
  const digest = createHash('sha256').update(`${model.id}/${alias}`).digest('hex');
  const id = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ];
  return { alias_name: alias, version_num: version, catalog_name, schema_name, model_name, id: id.join('-') };
}

/** Whether the job that a model names is there, with the parameters that a deployment job needs (databricks-api 11). */
function deploymentJobState({ store }: Workspace, { deploymentJobId }: RegisteredModel): string | undefined {
  if (deploymentJobId === undefined) {
    return undefined;
  }
  const job = new JobStore(store).get(deploymentJobId);
  const parameters = job?.settings.parameters?.map(({ name }) => name) ?? [];
  const complete = parameters.includes('model_name') && parameters.includes('model_version');
  return job === undefined ? 'NOT_FOUND' : complete ? 'CONNECTED' : 'REQUIRED_PARAMETERS_CHANGED';
}

/** Where the files of a version really are; on Azure this would be an `abfss://` URL. */
export function storageLocation(workspace: Workspace, version: ModelVersion): string {
  return pathToFileURL(versionFolder(workspace.metastore, version)).href;
}

/** Metrics may be logged after registration, so the logged model is asked; a model of another workspace is as it was at registration. */
function loggedData(
  workspace: Workspace,
  version: ModelVersion,
): { readonly params: readonly KeyValue[]; readonly metrics: readonly Metric[] } {
  const logged = version.modelId === '' ? undefined : trackingOf(workspace).loggedModels.get(version.modelId);
  return logged?.data ?? { params: version.modelParams, metrics: version.modelMetrics };
}

/** A member with the text, or none when it is empty: the service leaves out what is not set. */
function text<K extends string>(name: K, value: string): { readonly [P in K]?: string } {
  return (value === '' ? {} : { [name]: value }) as { readonly [P in K]?: string };
}

/** A member with the list, or none when it is empty. */
function list<K extends string, T>(name: K, items: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return (items.length === 0 ? {} : { [name]: items }) as { readonly [P in K]?: readonly T[] };
}
