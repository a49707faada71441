import { namesSeen } from '../../src/databricks/names-seen';
import type { Pipeline } from '../../src/databricks/pipelines';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { suggestion } from '../../src/suggestion';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The pipeline of this id or exact name. A text in the form of an id is an id first; only a definite not-found makes it a name.
 * @throws TaskError PIPELINE_NOT_FOUND, PIPELINE_AMBIGUOUS
 */
export async function findPipeline(workspace: WorkspaceClient, wanted: string): Promise<Pipeline> {
  const { pipelines } = workspace;
  const byId = ID.test(wanted) ? await pipelines.get(wanted) : undefined;
  if (byId !== undefined) {
    return byId;
  }
  const named = await pipelines.listByName(wanted);
  const [only] = named;
  if (only === undefined) {
    throw new TaskError('PIPELINE_NOT_FOUND', `There is no pipeline '${wanted}' that this identity may see.`, {
      where: suggestion(wanted, await namesSeen(workspace, (hasty, count) => hasty.pipelines.firstNames(count))),
      todo: "Check the name (upper and lower case count) or id in input 'pipeline', and that the identity has at least CAN VIEW on it.",
    });
  }
  if (named.length > 1) {
    const ids = named.map((pipeline) => pipeline.pipeline_id).join(', ');
    throw new TaskError('PIPELINE_AMBIGUOUS', `There are ${named.length} pipelines named '${wanted}': ${ids}.`, {
      todo: "Give the id of the one that is meant in input 'pipeline', or rename the others.",
    });
  }
  return only;
}
