import type { PipelinesApi } from '../databricks/pipelines';
import { updateHasEnded } from './start-update';

/**
 * Stops an update of a pipeline while it is active. The service stops whichever update is active, so that this one is looked at first:
 * another one may have begun since it was last seen. What begins between the look and the request cannot be told from it.
 * @returns false: it had ended, or is not there any more, and nothing was asked for
 */
export async function stopUpdate(pipelines: PipelinesApi, pipelineId: string, updateId: string): Promise<boolean> {
  const update = await pipelines.update(pipelineId, updateId);
  if (update === undefined || updateHasEnded(update)) {
    return false;
  }
  await pipelines.stop(pipelineId);
  return true;
}
