import { TaskError } from '../errors';
import { ApiError } from '../http/errors';
import { collect } from '../http/paging';
import type { SeenNames } from '../suggestion';
import type { WorkspaceClient } from './workspace-client';

/** Names at most that are looked through for one that is meant. */
const LIMIT = 1_000;
/** Milliseconds that all requests for them may take: what a step has to say must not come late for the sake of a hint. */
const TIME_MS = 10_000;

/**
 * The names of a list that the identity may see, as a hint beside what a step has to say: whatever fails here takes nothing from that.
 * @param list of the workspace that it is given, which has little patience
 * @throws a cancel, and what is no error of ours
 */
export function namesIn<Item>(
  workspace: WorkspaceClient,
  list: (hasty: WorkspaceClient) => AsyncIterable<Item>,
  nameOf: (item: Item) => string,
): Promise<SeenNames> {
  return namesSeen(workspace, async (hasty, count) => (await collect(list(hasty), count)).map(nameOf));
}

/** As {@link namesIn}. @param first gives this many names at most */
export async function namesSeen(
  workspace: WorkspaceClient,
  first: (hasty: WorkspaceClient, count: number) => Promise<readonly string[]>,
): Promise<SeenNames> {
  try {
    const names = await first(workspace.within(TIME_MS), LIMIT);
    return { names: names.filter((name) => name !== ''), cut: names.length >= LIMIT };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    // Who may not list may still be told of the one thing.
    return error instanceof ApiError && ['PERMISSION_DENIED', 'NOT_FOUND'].includes(error.code) ? 'hidden' : 'unknown';
  }
}
