import { ApiError, type Principal, type Workspace } from '../api';
import { principalNamed } from '../identity/directory';
import { runAsName } from '../jobs/setting-limits';
import type { Permission } from '../permissions/access-list';
import type { Pipeline } from './pipeline-store';

/** Who owns a pipeline: whom its permissions name as owner, else who made it. */
export function pipelineOwner(workspace: Workspace, { id, creator }: Pipeline): string {
  const kept = workspace.store.collection<readonly Permission[]>('permissions/pipelines').get(id) ?? [];
  return kept.find(({ level }) => level === 'IS_OWNER')?.name ?? creator;
}

/** The name that a pipeline shows as `run_as_user_name`. */
export function pipelineRunAs(workspace: Workspace, pipeline: Pipeline): string {
  return runAsName(pipeline.spec)?.name ?? pipelineOwner(workspace, pipeline);
}

/** Whose rights count in updates of a pipeline, whoever starts them: its `run_as`, else its owner. @throws ApiError 501 for a group */
export function pipelineIdentity(workspace: Workspace, pipeline: Pipeline): Principal {
  if (runAsName(pipeline.spec)?.kind === 'group_name') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace does not run pipelines as a group.');
  }
  return principalNamed(workspace.metastore, pipelineRunAs(workspace, pipeline));
}
