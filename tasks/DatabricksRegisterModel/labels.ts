import type { TaskContext } from '../../src/agent/task-context';
import { entryValue, type KeyValue } from '../../src/databricks/mlflow';
import type { ModelVersion } from '../../src/databricks/model-versions';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { orReadBack } from '../../src/http/outcome';
import type { Inputs } from './inputs';

/** What aliases named before this step. */
export interface AliasesBefore {
  /** `''` when the alias named none, or when none is to be set. */
  readonly named: string;
  /** `''` only when there is definitely no champion. */
  readonly champion: string;
}

/** What the wanted alias and `champion` name now. Only a definite not-found counts as none. */
export async function aliasesBefore(inputs: Inputs, workspace: WorkspaceClient): Promise<AliasesBefore> {
  const named =
    inputs.alias === '' ? undefined : await workspace.registeredModels.versionByAlias(inputs.model, inputs.alias);
  const champion = await workspace.registeredModels.versionByAlias(inputs.model, 'champion');
  return { named: named?.version ?? '', champion: champion?.version ?? '' };
}

/** Description and tags that the inputs ask for and that are not there yet; others stay. */
export async function describeVersion(
  inputs: Inputs,
  version: ModelVersion,
  workspace: WorkspaceClient,
): Promise<void> {
  if (inputs.description !== '' && inputs.description !== version.description) {
    await workspace.modelVersions.updateDescription(version.name, version.version, inputs.description);
  }
  for (const [key, value] of missing(inputs.tags, version.tags)) {
    await workspace.modelVersions.setTag(version.name, version.version, key, value);
  }
  if (inputs.modelTags.size > 0) {
    const model = await workspace.registeredModels.get(version.name);
    for (const [key, value] of missing(inputs.modelTags, model?.tags)) {
      await workspace.registeredModels.setTag(version.name, key, value);
    }
  }
}

/**
 * Lets the alias name the version, and reads it back. The champion gets no second name.
 * @throws TaskError ALIAS_MOVED when it names another version right after
 */
export async function nameVersion(
  inputs: Inputs,
  version: ModelVersion,
  before: AliasesBefore,
  workspace: WorkspaceClient,
  { log }: TaskContext,
): Promise<void> {
  if (inputs.alias === '') {
    return;
  }
  if (before.champion === version.version) {
    log.info(`Version ${version.version} is the champion already; the alias '${inputs.alias}' is not set.`);
    return;
  }
  if (before.named === version.version) {
    return;
  }
  const { registeredModels } = workspace;
  const named = () => registeredModels.versionByAlias(version.name, inputs.alias);
  const namedAsWanted = async () => ((await named())?.version === version.version ? true : undefined);
  await orReadBack(async () => {
    await registeredModels.setAlias(version.name, inputs.alias, version.version);
    return true;
  }, namedAsWanted);
  const now = await named();
  if (now?.version !== version.version) {
    throw new TaskError(
      'ALIAS_MOVED',
      `The alias '${inputs.alias}' names ${now?.version ?? 'no version'} right after it was set to ${version.version}.`,
      {
        todo: 'Let only one pipeline at a time register versions of this model, and run the step again.',
      },
    );
  }
}

/** `mlops_state` of a version that has none (contract 0.10): a hint, so a failure is a warning. */
export async function markRegistered(
  version: ModelVersion,
  workspace: WorkspaceClient,
  { clock, log }: TaskContext,
): Promise<void> {
  if (entryValue(version.tags, 'mlops_state') !== undefined) {
    return;
  }
  try {
    await workspace.modelVersions.setTag(version.name, version.version, 'mlops_state', 'registered');
    await workspace.modelVersions.setTag(
      version.name,
      version.version,
      'mlops_changed_at',
      String(Math.floor(clock.now() / 1000)),
    );
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    log.warning(`The tag 'mlops_state' could not be written: ${error.message}`, 'TAGS_NOT_WRITTEN');
  }
}

function missing(wanted: ReadonlyMap<string, string>, present: readonly KeyValue[] | undefined): [string, string][] {
  return [...wanted].filter(([key, value]) => entryValue(present, key) !== value);
}
