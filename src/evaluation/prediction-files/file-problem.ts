import { TaskError } from '../../errors';

/** A prediction file that cannot be read; the message never contains a value of it. */
export function unreadable(name: string, reason: string, todo: string, cause?: unknown): TaskError {
  return new TaskError('PREDICTIONS_UNREADABLE', `The prediction file cannot be read: ${reason}.`, {
    where: name,
    todo,
    ...(cause === undefined ? {} : { cause }),
  });
}
