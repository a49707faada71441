import type { Log } from '../../src/agent/log';
import { entryValue, type KeyValue } from '../../src/databricks/mlflow';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import type { VersionState } from './plan';

/** Versions whose tags are read at most, the newest first. */
const VERSIONS_READ = 200;

/** Tags are hints: milliseconds that writing all of them may keep a promotion waiting whose aliases are set. */
export const TAGS_MS = 120_000;

/** Tags that promotion writes (contract 0.10); values of letters, digits and underscore. */
export interface StateTags extends Readonly<Record<string, string>> {
  readonly mlops_state: string;
  /** Seconds since the epoch. */
  readonly mlops_changed_at: string;
}

/** The state that the tags of each version tell. List answers carry no tags, so each is read by itself. */
export async function readStates(workspace: WorkspaceClient, model: string): Promise<VersionState[]> {
  const all = await workspace.modelVersions.ofModel(model);
  const newest = all.sort((a, b) => Number(b.version) - Number(a.version)).slice(0, VERSIONS_READ);
  const states: VersionState[] = [];
  for (const { version } of newest) {
    const tags = (await workspace.modelVersions.get(model, version))?.tags;
    states.push(stateOf(version, tags));
  }
  return states;
}

/** What the tags of a version say about its state. */
export function stateOf(version: string, tags: readonly KeyValue[] | undefined): VersionState {
  const changedAt = Number(entryValue(tags, 'mlops_changed_at') ?? 0);
  return {
    version,
    state: entryValue(tags, 'mlops_state') ?? '',
    changedAt: Number.isFinite(changedAt) ? changedAt : 0,
  };
}

/**
 * Writes the state of a version and what belongs to it; a version that has the state already stays as it is.
 * Tags are hints: what fails is a warning and never fails the step.
 * @returns when the version got its state (tag `mlops_changed_at`), or undefined when it could not be written
 */
export async function writeState(
  workspace: WorkspaceClient,
  model: string,
  version: string,
  tags: StateTags,
  log: Log,
): Promise<string | undefined> {
  try {
    const found = await workspace.modelVersions.get(model, version);
    if (entryValue(found?.tags, 'mlops_state') === tags.mlops_state) {
      return entryValue(found?.tags, 'mlops_changed_at') ?? tags.mlops_changed_at;
    }
    // The state comes last: a step that dies in between writes all of them again.
    const { mlops_state, ...rest } = tags;
    for (const [key, value] of Object.entries({ ...rest, mlops_state }).filter(([, text]) => text !== '')) {
      await workspace.modelVersions.setTag(model, version, key, value);
    }
    return tags.mlops_changed_at;
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    log.warning(`The tags of version ${version} could not be written: ${error.message}`, 'TAGS_NOT_WRITTEN');
    return undefined;
  }
}

/** Text as value of a tag: everything but letters, digits and underscore becomes an underscore; 255 characters at most. */
export function tagValue(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 255);
}
