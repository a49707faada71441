import type { TaskContext } from '../../src/agent/task-context';
import type { ModelVersion } from '../../src/databricks/model-versions';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { durationText, HEARTBEAT_MS, pollingDelay } from '../../src/workflow/polling';

/**
 * Waits until a version is READY.
 * @throws TaskError VERSION_NOT_READY at the limit, REGISTRATION_FAILED, VERSION_NOT_FOUND when it vanished
 */
export async function untilReady(
  version: ModelVersion,
  waitMs: number,
  workspace: WorkspaceClient,
  { clock, signal, log }: TaskContext,
): Promise<ModelVersion> {
  const begin = clock.now();
  let said = begin;
  let now: ModelVersion | undefined = version;
  for (;;) {
    if (now === undefined) {
      throw new TaskError(
        'VERSION_NOT_FOUND',
        `Version ${version.version} of ${version.name} has been deleted meanwhile.`,
        {
          todo: 'Run the step again.',
        },
      );
    }
    if (now.status === 'READY') {
      return now;
    }
    if (now.status === 'FAILED_REGISTRATION') {
      throw new TaskError(
        'REGISTRATION_FAILED',
        `The registration of version ${now.version} failed: ${now.status_message ?? 'no message'}.`,
        {
          where: `It is version ${now.version} of ${now.name}.`,
          todo: 'Delete the version and register the model again.',
        },
      );
    }
    const elapsed = clock.now() - begin;
    if (elapsed >= waitMs) {
      throw new TaskError(
        'VERSION_NOT_READY',
        `Version ${now.version} of ${now.name} is still ${now.status ?? 'of unknown status'} after ${durationText(elapsed)}.`,
        {
          todo: "Raise 'waitMinutes', or look at what registers it.",
        },
      );
    }
    if (clock.now() - said >= HEARTBEAT_MS) {
      log.info(`After ${durationText(elapsed)}: version ${now.version} is ${now.status ?? 'of unknown status'}.`);
      said = clock.now();
    }
    await clock.sleep(Math.min(pollingDelay(elapsed), waitMs - elapsed), signal);
    now = await workspace.modelVersions.get(version.name, version.version);
  }
}
