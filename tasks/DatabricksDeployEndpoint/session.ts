import type { TaskContext } from '../../src/agent/task-context';
import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { idText } from '../../src/json';
import { durationText, HEARTBEAT_MS, pollingDelay } from '../../src/workflow/polling';
import { configVersionOf, mainEntity, trafficOf } from './endpoint-config';
import { isUpdating } from './endpoint-state';

/** What every step on one endpoint needs. */
export interface Session {
  readonly client: WorkspaceClient;
  readonly context: TaskContext;
  readonly endpoint: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Address that answers requests. */
export function invocationsUrl(workspaceUrl: string, endpoint: string): string {
  return `${workspaceUrl}/serving-endpoints/${encodeURIComponent(endpoint)}/invocations`;
}

/** Sets the outputs that say what serves now. */
export function reportServing({ client, context, endpoint }: Session, found: ServingEndpoint | undefined): void {
  const main = mainEntity(found?.config);
  const { outputs } = context;
  outputs.set('endpointName', endpoint);
  outputs.set('endpointUrl', found?.endpoint_url ?? invocationsUrl(client.url, endpoint));
  outputs.set('servedVersion', idText(main?.entity_version));
  outputs.set('trafficPercent', main && trafficOf(found?.config, main.name ?? ''));
  outputs.set('configVersion', found && configVersionOf(found));
}

/** The endpoint as it is now, be it that an update is in progress; nothing when it definitely does not exist. */
export async function presentEndpoint(session: Session): Promise<ServingEndpoint | undefined> {
  const found = await session.client.servingEndpoints.get(session.endpoint);
  reportServing(session, found);
  return found;
}

/**
 * The endpoint, once no update of it is in progress; one that somebody else began is waited for, not overwritten.
 * @returns nothing when the endpoint definitely does not exist
 * @throws TaskError ENDPOINT_BUSY at the deadline
 */
export async function settledEndpoint(session: Session): Promise<ServingEndpoint | undefined> {
  const { context, endpoint, deadline } = session;
  const begin = context.clock.now();
  const heartbeat = createHeartbeat(session);
  for (;;) {
    const found = await presentEndpoint(session);
    if (found === undefined || !isUpdating(found)) {
      return found;
    }
    if (context.clock.now() >= deadline) {
      throw new TaskError('ENDPOINT_BUSY', `Endpoint '${endpoint}' was being updated by something else all the time.`, {
        where: 'Nothing was changed by this step.',
        todo: "Wait until that update ends, or raise 'timeoutMinutes'.",
      });
    }
    heartbeat(`Endpoint '${endpoint}' is being updated by something else; waiting until that ends.`);
    await pause(session, begin);
  }
}

/** Waits until the next look, never beyond the deadline. */
export async function pause({ context, deadline }: Session, begin: number): Promise<void> {
  const now = context.clock.now();
  await context.clock.sleep(Math.max(1, Math.min(pollingDelay(now - begin), deadline - now)), context.signal);
}

/** Says a line when it is new, and at least one line a minute. */
export function createHeartbeat({ context }: Session): (line: string) => void {
  const begin = context.clock.now();
  let last = { line: '', at: begin };
  return (line) => {
    const now = context.clock.now();
    if (line !== last.line) {
      context.log.info(line);
    } else if (now - last.at >= HEARTBEAT_MS) {
      context.log.info(`After ${durationText(now - begin)}: ${line}`);
    } else {
      return;
    }
    last = { line, at: now };
  };
}
