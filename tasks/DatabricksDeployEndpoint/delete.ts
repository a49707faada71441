import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { idText } from '../../src/json';
import { mainEntity } from './endpoint-config';
import type { DeleteInputs } from './inputs';
import { championOf } from './pinned-version';
import { refuseChangedConfig, refuseOtherModel } from './plan';
import { pause, reportServing, type Session, settledEndpoint } from './session';

/**
 * Deletes an endpoint that does not serve the champion. One that definitely does not exist is deleted already.
 * @throws TaskError SERVES_CHAMPION, OTHER_MODEL, CONFIG_CHANGED, ENDPOINT_BUSY, DELETE_TIMEOUT
 */
export async function deleteEndpoint(
  inputs: DeleteInputs,
  client: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const { endpoint, model } = inputs;
  const deadline = context.clock.now() + inputs.timeoutMinutes * 60_000;
  const session: Session = { client, context, endpoint, deadline };
  const found = await settledEndpoint(session);
  const version = idText(mainEntity(found?.config)?.entity_version);
  context.outputs.set('previousVersion', version);
  if (found === undefined) {
    return outcome(inputs, version, `Endpoint ${endpoint} does not exist; nothing was deleted.`);
  }
  refuseOtherModel(found, endpoint, model);
  refuseChangedConfig(found, endpoint, inputs.expectedConfigVersion);
  refuseChampion(found, inputs, await championOf(client, model));
  const served = version === '' ? 'no version' : `version ${version}`;
  if (inputs.dryRun) {
    return outcome(
      inputs,
      version,
      `Dry run: endpoint ${endpoint}, which serves ${served} of ${model}, would be deleted.`,
    );
  }
  context.log.info(`Endpoint '${endpoint}', which serves ${served} of ${model}, is deleted.`);
  await client.servingEndpoints.delete(endpoint);
  await awaitGone(session, found);
  return outcome(inputs, version, `Endpoint ${endpoint}, which served ${served} of ${model}, was deleted.`);
}

function refuseChampion(found: ServingEndpoint, { endpoint, model }: DeleteInputs, champion: string): void {
  const entities = found.config?.served_entities ?? [];
  if (champion !== '' && entities.some((entity) => idText(entity.entity_version) === champion)) {
    throw new TaskError(
      'SERVES_CHAMPION',
      `Endpoint '${endpoint}' serves version ${champion}, the champion of ${model}.`,
      {
        where: 'An endpoint that serves the champion is not deleted by this task.',
        todo: 'Move the callers first; then remove the endpoint in the workspace, or let the alias name another version.',
      },
    );
  }
}

/** Reads back until the endpoint is gone, or another one of the same name is there. */
async function awaitGone(session: Session, deleted: ServingEndpoint): Promise<void> {
  const { client, context, endpoint, deadline } = session;
  const begin = context.clock.now();
  for (;;) {
    const found = await client.servingEndpoints.get(endpoint);
    if (found === undefined || (found.id !== undefined && found.id !== deleted.id)) {
      reportServing(session, undefined);
      return;
    }
    if (context.clock.now() >= deadline) {
      throw new TaskError('DELETE_TIMEOUT', `Endpoint '${endpoint}' is still there after it was deleted.`, {
        todo: 'Run the step again.',
      });
    }
    await pause(session, begin);
  }
}

function outcome({ endpoint, model }: DeleteInputs, version: string, decision: string): TaskOutcome {
  const content = { action: 'delete', endpoint, model, version };
  return { decision, summary: '', attachment: { kind: 'deployment', content } };
}
