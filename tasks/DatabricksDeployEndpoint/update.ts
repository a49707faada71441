import type { EndpointConfigRequest, EndpointTag, ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { outcomeUnknown } from '../../src/http/outcome';
import { isServed } from './endpoint-config';
import { failedEntities, standingOf, type UpdateStanding } from './endpoint-state';
import { createHeartbeat, pause, reportServing, type Session } from './session';

/** How long the service may go on answering with the state from before an update that it accepted, milliseconds [U]. */
const unseenMilliseconds = 60_000;
const shownLogLines = 20;

/** Creates the endpoint. A lost answer is read back; an endpoint that somebody else created meanwhile is an error. */
export function createEndpoint(
  { client, endpoint }: Session,
  config: EndpointConfigRequest,
  tags: readonly EndpointTag[],
): Promise<ServingEndpoint> {
  const body = { name: endpoint, config, ...(tags.length > 0 && { tags }) };
  return changeOnce(client.servingEndpoints, endpoint, config, () => client.servingEndpoints.create(body));
}

/** Starts an update. A lost answer is read back; an update that somebody else began meanwhile is an error. */
export function startUpdate({ client, endpoint }: Session, config: EndpointConfigRequest): Promise<ServingEndpoint> {
  return changeOnce(client.servingEndpoints, endpoint, config, () =>
    client.servingEndpoints.updateConfig(endpoint, config),
  );
}

/**
 * Waits until a configuration serves and is ready.
 * @param versionBefore `config_version` before the update, as text
 * @throws TaskError DEPLOYMENT_FAILED, UPDATE_TIMEOUT while the update goes on, ENDPOINT_NOT_READY when it has ended
 */
export async function awaitConfig(
  session: Session,
  config: EndpointConfigRequest,
  versionBefore: string,
): Promise<ServingEndpoint> {
  const { client, context, endpoint, deadline } = session;
  const begin = context.clock.now();
  const heartbeat = createHeartbeat(session);
  for (;;) {
    const found = await client.servingEndpoints.get(endpoint);
    if (found === undefined) {
      throw failed(endpoint, 'the endpoint does not exist any more');
    }
    reportServing(session, found);
    const standing = standingOf(found, config, versionBefore);
    if (standing.kind === 'done') {
      return found;
    }
    if (standing.kind === 'failed') {
      await showBuildLogs(session, found);
      throw failed(endpoint, standing.why);
    }
    const now = context.clock.now();
    if (standing.kind === 'not-seen' && now - begin >= unseenMilliseconds) {
      throw failed(endpoint, 'the service accepted the update and then did not carry it out');
    }
    if (now >= deadline) {
      throw timedOut(endpoint, standing);
    }
    heartbeat(standing.kind === 'not-seen' ? 'The update was accepted.' : standing.line);
    context.log.progress((100 * (now - begin)) / Math.max(1, deadline - begin), `Endpoint ${endpoint}`);
    await pause(session, begin);
  }
}

/** Sends a change once. What serves afterwards decides over a lost answer, and over a refusal because something else is under way. */
async function changeOnce(
  api: { get(name: string): Promise<ServingEndpoint | undefined> },
  endpoint: string,
  config: EndpointConfigRequest,
  send: () => Promise<ServingEndpoint>,
): Promise<ServingEndpoint> {
  try {
    return await send();
  } catch (error) {
    const conflict = error instanceof ApiError && (error.status === 409 || error.isAlreadyExists);
    const found = conflict || outcomeUnknown(error) ? await api.get(endpoint) : undefined;
    if (found !== undefined && (isServed(found.pending_config, config) || isServed(found.config, config))) {
      return found;
    }
    if (!conflict) {
      throw error;
    }
    throw new TaskError('CONFIG_CHANGED', `Something else changed endpoint '${endpoint}' at the same moment.`, {
      where: 'Nothing was changed by this step.',
      todo: 'Run the step again; it waits for the other update.',
      cause: error,
    });
  }
}

/** The end of the build logs of what failed; a log that cannot be read must not hide the failure itself. */
async function showBuildLogs({ client, context, endpoint }: Session, found: ServingEndpoint): Promise<void> {
  for (const entity of failedEntities(found)) {
    try {
      const lines = (await client.servingEndpoints.buildLogs(endpoint, entity)).trimEnd().split('\n');
      await context.log.group(`Build log of ${entity}`, () => context.log.info(lines.slice(-shownLogLines).join('\n')));
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warning(`The build log of ${entity} could not be read: ${(error as Error).message}`, 'NO_BUILD_LOG');
    }
  }
}

function failed(endpoint: string, why: string): TaskError {
  return new TaskError('DEPLOYMENT_FAILED', `The update of endpoint '${endpoint}' failed: ${why}.`, {
    todo: 'Look at the build log and the logs of the served entity in the workspace.',
  });
}

function timedOut(endpoint: string, standing: UpdateStanding): TaskError {
  return standing.kind === 'starting'
    ? new TaskError(
        'ENDPOINT_NOT_READY',
        `Endpoint '${endpoint}' has the wanted configuration, but does not get ready.`,
        {
          todo: "Look at the logs of the served entity in the workspace, or raise 'timeoutMinutes'.",
        },
      )
    : new TaskError('UPDATE_TIMEOUT', `Endpoint '${endpoint}' was not ready in time.`, {
        where:
          'The update goes on in the workspace, where no call can stop it; until it ends the former configuration serves.',
        todo: "Run the step again to go on waiting, or raise 'timeoutMinutes'.",
      });
}
