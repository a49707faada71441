import { basename, resolve } from 'node:path';
import type { RepositorySource } from '../agent/job-request';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { isGitRepository, resolveRef } from '../repository-folders';
import type { QueueRequest } from './queue-request';
import { sourceBranch } from './run-variables';
import type { Sources } from './sources';

/**
 * What steps can check out: the pipeline's own repository, at its commit where nothing is changed and as it lies otherwise, and those of the
 * resources that lie in folders, at their ref.
 * @param leftOut see {@link RepositorySource.leftOut}
 * @throws SourceError for a ref that is not there
 */
export function repositorySources(
  request: QueueRequest,
  plan: PipelinePlan,
  sources: Sources,
  leftOut: readonly string[],
): readonly RepositorySource[] {
  const self: RepositorySource = {
    alias: 'self',
    name: basename(resolve(sources.folder)),
    folder: sources.folder,
    commit: sources.state === 'commit' ? sources.commit : undefined,
    ref: sourceBranch(request.queuedFor),
    leftOut,
  };
  const others = plan.repositories.flatMap(({ alias, name, ref }): readonly RepositorySource[] => {
    const folder = Object.entries(request.repositories).find(
      ([known]) => known.toLowerCase() === alias.toLowerCase(),
    )?.[1];
    if (folder === undefined) {
      return [];
    }
    // As for templates: a folder whose resource names no ref is used as it lies.
    const commit = ref !== undefined && isGitRepository(folder) ? resolveRef(folder, ref, alias) : undefined;
    return [{ alias, name, folder, commit, ref: ref ?? 'refs/heads/main' }];
  });
  return [self, ...others];
}
