import { ApiError } from '../api';
import type { PipelineUpdates } from '../pipelines/service';
import type { Attendance, ExecutionEnd, ExecutionOrder } from './execution-order';
import { TaskStartError } from './task-files';
import type { TaskSpec } from './types';

/**
 * A `pipeline_task`: an update of the pipeline, whose end is that of the task.
 * @throws TaskStartError when there is no such pipeline or an update of it is active
 */
export async function runPipelineTask(
  updates: PipelineUpdates,
  { run, signal }: ExecutionOrder,
  declared: NonNullable<TaskSpec['pipeline_task']>,
  resolve: (text: string) => string,
  attendance: Attendance,
): Promise<ExecutionEnd> {
  const id = resolve(declared.pipeline_id);
  const pipeline = updates.store.get(id);
  if (pipeline === undefined) {
    throw new TaskStartError(`The specified pipeline ${id} was not found.`);
  }
  const update = startable(() =>
    updates.begin(pipeline, {
      cause: 'JOB_TASK',
      fullRefresh: run.overriding.pipeline_params?.full_refresh ?? declared.full_refresh ?? false,
      refreshSelection: declared.refresh_selection ?? [],
      fullRefreshSelection: declared.full_refresh_selection ?? [],
    }),
  );
  attendance.begun();
  const cancel = () => updates.cancel(pipeline);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { state, message } = await updates.untilEnded(update);
    return state === 'COMPLETED'
      ? { outcome: 'SUCCESS' }
      : {
          outcome: 'FAILED',
          message: `Update ${update.id} of pipeline ${id} ended with ${state}. ${message ?? ''}`.trim(),
        };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function startable<T>(begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    throw error instanceof ApiError ? new TaskStartError(error.message) : error;
  }
}
