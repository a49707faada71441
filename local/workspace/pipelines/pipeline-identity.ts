import type { Principal, Workspace } from '../api';
import { principalNamed } from '../identity/directory';
import { runAsPrincipal } from '../jobs/run-identity';
import { runAsName } from '../jobs/setting-limits';
import { ownerIn, type Permission, permissionOf } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';
import type { Pipeline } from './pipeline-store';

/** What a pipeline's list says; until a request changes it, that its maker owns it. */
export function pipelinePermissions(workspace: Workspace, { id, creator }: Pipeline): readonly Permission[] {
  return keptPermissions(workspace, 'pipelines').get(id) ?? [permissionOf(creator, 'IS_OWNER')];
}

/** Who owns a pipeline: whom its permissions name as owner, else who made it. */
export function pipelineOwner(workspace: Workspace, pipeline: Pipeline): string {
  return ownerIn(pipelinePermissions(workspace, pipeline), pipeline.creator);
}

/** The name that a pipeline shows as `run_as_user_name`. */
export function pipelineRunAs(workspace: Workspace, pipeline: Pipeline): string {
  return runAsName(pipeline.spec)?.name ?? pipelineOwner(workspace, pipeline);
}

/** Whose rights count in updates of a pipeline, whoever starts them: its `run_as`, else its owner. @throws ApiError 501 for a group */
export function pipelineIdentity(workspace: Workspace, pipeline: Pipeline): Principal {
  const { metastore } = workspace;
  return (
    runAsPrincipal(metastore, pipeline.spec, 'pipelines') ??
    principalNamed(metastore, pipelineOwner(workspace, pipeline))
  );
}
