import { join } from 'node:path';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { Connections, type LocalWorkspace } from '../settings/connections';
import type { PipelineConnection } from '../task-environment';
import { localWorkspaces } from './local-workspaces';
import { neededConnections } from './needed-connections';
import type { QueueRequest, Surroundings } from './queue-request';

/** The connections that a pipeline names, and what they lead to here. */
export interface UsableConnections {
  readonly names: readonly string[];
  resolve(name: string): PipelineConnection;
}

/** What is around a run before it begins: its connections can be used until `stop`. */
export interface ReadyPlace {
  readonly connections: UsableConnections;
  /** The local workspaces that its connections lead to. */
  readonly localWorkspaces: readonly LocalWorkspace[];
  stop(): Promise<void>;
}

/**
 * Starts the local workspaces that a pipeline needs, and has them prepared. Whatever is refused here is refused before there is a run.
 * @throws CannotRun, ConnectionUnusable; what `beforeRun` throws
 */
export async function readyPlace(
  plan: PipelinePlan,
  { stubs }: Pick<QueueRequest, 'stubs'>,
  commit: string,
  { settings, tasksFolder, environment, workspaces, workspaceData, beforeRun, audience }: Surroundings,
): Promise<ReadyPlace> {
  const connections = new Connections(join(settings, 'connections.yml'));
  const names = neededConnections(plan, tasksFolder, new Map(Object.entries(stubs)));
  const needed = connections.workspacesFor(names);
  const own =
    workspaces === undefined
      ? await localWorkspaces(needed, workspaceData, (text) => audience.meanwhile?.(text))
      : undefined;
  const running = workspaces ?? own?.running ?? [];
  const stop = async (): Promise<void> => own?.stop();
  try {
    await beforeRun?.({ workspaces: running, commit });
    const resolve = (name: string) => connections.resolve(name, running, environment);
    const used = running.filter(({ name }) => needed.includes(name));
    return { connections: { names, resolve }, localWorkspaces: used, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
