import { filesPathOfVersion } from '../../src/databricks/artifact-paths';
import { readModelDescription } from '../../src/databricks/model-description';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { versionNamed } from '../../src/databricks/named-version';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import type { ModelFacts } from '../../src/evaluation/model-facts';
import type { Policy } from '../../src/evaluation/policy/schema';
import type { ReportVersion } from '../../src/evaluation/report-types';
import type { EvaluateInputs } from './inputs';

/** Challenger and champion as this step means them from its first to its last request. */
export interface PinnedVersions {
  readonly challenger: ModelVersion;
  /** `undefined` only when the alias definitely does not exist. */
  readonly champion: ModelVersion | undefined;
}

/**
 * Resolves numbers and aliases once. Only a definite not-found means that there is no champion; every other answer is an error.
 * @throws TaskError VERSION_NOT_FOUND, VERSION_NOT_READY, CHAMPION_EXISTS, CHALLENGER_IS_CHAMPION
 */
export async function pinVersions(workspace: WorkspaceClient, inputs: EvaluateInputs): Promise<PinnedVersions> {
  const { model } = inputs;
  const challenger = await versionNamed(workspace, model, inputs.challenger);
  if (challenger === undefined) {
    throw new TaskError('VERSION_NOT_FOUND', `${model} has no version of the number or alias '${inputs.challenger}'.`, {
      todo: "Register the challenger first (DatabricksRegisterModel sets the alias 'challenger'), or correct 'model' and 'challenger'.",
    });
  }
  if (challenger.status !== 'READY') {
    throw new TaskError(
      'VERSION_NOT_READY',
      `Version ${challenger.version} of ${model} is ${challenger.status ?? 'of unknown status'}.`,
      {
        todo: 'Wait until its registration has ended; only a READY version can be judged.',
      },
    );
  }
  const champion = await championOf(workspace, inputs);
  if (champion?.version === challenger.version) {
    throw new TaskError(
      'CHALLENGER_IS_CHAMPION',
      `Version ${challenger.version} of ${model} is the champion already.`,
      {
        todo: "Choose another 'challenger': there is nothing to compare.",
      },
    );
  }
  return { challenger, champion };
}

async function championOf(workspace: WorkspaceClient, inputs: EvaluateInputs): Promise<ModelVersion | undefined> {
  const { model, champion } = inputs;
  if (champion === 'none') {
    const reigning = await workspace.registeredModels.versionByAlias(model, 'champion');
    if (reigning !== undefined) {
      throw new TaskError(
        'CHAMPION_EXISTS',
        `Input 'champion' is none, but version ${reigning.version} of ${model} is the champion.`,
        {
          todo: "Leave 'champion' out, so that the challenger is compared with it.",
        },
      );
    }
    return undefined;
  }
  const found = await versionNamed(workspace, model, champion);
  if (found === undefined && champion !== 'champion') {
    throw new TaskError('VERSION_NOT_FOUND', `${model} has no version of the number or alias '${champion}'.`, {
      todo: "Correct 'champion', or leave it out to compare with the alias of that name.",
    });
  }
  return found;
}

/** How a report names a version. */
export function reportVersion(version: ModelVersion): ReportVersion {
  const aliases = (version.aliases ?? []).map(({ alias }) => alias).sort();
  return {
    version: version.version,
    ...(version.run_id === undefined || version.run_id === '' ? {} : { runId: version.run_id }),
    ...(aliases.length === 0 ? {} : { aliases }),
  };
}

/** What the policy's compliance checks look at; the model's files are read only when a check wants its signature. */
export async function modelFacts(
  workspace: WorkspaceClient,
  policy: Policy,
  challenger: ModelVersion,
): Promise<ModelFacts> {
  const model = await workspace.registeredModels.get(challenger.name);
  const tags = [...(model?.tags ?? []), ...(challenger.tags ?? [])].map(({ key, value }) => [key, value]);
  const wantsSignature = policy.compliance.some((rule) => rule.check === 'signature');
  return {
    description: challenger.description ?? '',
    tags: Object.fromEntries(tags) as Record<string, string>,
    signature: wantsSignature ? await signatureOf(workspace, challenger) : undefined,
  };
}

async function signatureOf(
  workspace: WorkspaceClient,
  { name, version }: ModelVersion,
): Promise<ModelFacts['signature']> {
  const { inputs, outputs } = await readModelDescription(workspace.files, filesPathOfVersion(name, version));
  return inputs === '' && outputs === '' ? undefined : { inputs: inputs !== '', outputs: outputs !== '' };
}
