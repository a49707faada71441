import { TaskError } from '../../src/errors';
import type { PredictionData, Subject } from '../../src/evaluation/evaluate';
import type { PolicyModel } from '../../src/evaluation/policy/schema';
import { versionsNamed } from '../../src/evaluation/prepare-predictions';
import type { EvaluateInputs } from './inputs';

type Versions = Pick<Subject, 'challenger' | 'champion'>;

/**
 * The versions that a file's predictions are of, when no registry is asked: those that its rows name. Inputs that say otherwise are refused.
 * @throws TaskError PREDICTIONS_OF_ANOTHER_VERSION, CHALLENGER_IS_CHAMPION, CHAMPION_EXISTS, CONNECTION_REQUIRED
 */
export function versionsOfFile(
  data: PredictionData,
  model: PolicyModel,
  inputs: Pick<EvaluateInputs, 'challenger' | 'champion'>,
): Versions {
  const wanted = {
    challenger: wantedVersion('challenger', inputs.challenger),
    champion: wantedVersion('champion', inputs.champion),
  };
  const versions = model.versionColumns === 'none' ? given(data, model, inputs, wanted) : named(data, model);
  for (const which of ['challenger', 'champion'] as const) {
    const found = versions[which]?.version;
    if (wanted[which] !== undefined && wanted[which] !== found) {
      throw new TaskError(
        'PREDICTIONS_OF_ANOTHER_VERSION',
        `Input '${which}' is ${wanted[which]}, but the file names ${found === undefined ? 'none' : `version ${found}`}.`,
        { todo: `Score the wanted version, or leave '${which}' out.` },
      );
    }
  }
  if (versions.champion?.version === versions.challenger.version) {
    throw new TaskError('CHALLENGER_IS_CHAMPION', 'The file names one version as challenger and as champion.', {
      todo: 'Score two versions, or leave the columns of the champion empty.',
    });
  }
  if (inputs.champion === 'none' && versions.champion !== null) {
    throw new TaskError(
      'CHAMPION_EXISTS',
      `Input 'champion' is none, but the file names ${versions.champion.version}.`,
      {
        todo: "Leave 'champion' out, so that the challenger is compared with it.",
      },
    );
  }
  return versions;
}

/** A version number; `undefined` for the default, which the file decides, and for `none`. */
function wantedVersion(input: 'challenger' | 'champion', text: string): string | undefined {
  if (text === input || (input === 'champion' && text === 'none')) {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw new TaskError('CONNECTION_REQUIRED', `Input '${input}' is the alias '${text}', and no connection is given.`, {
      todo: `Set 'databricksConnection', write the version's number, or leave '${input}' out: the file names its versions.`,
    });
  }
  return text;
}

/**
 * Without version columns only the inputs can say what was scored; that predictions of a champion are to be passed over wants saying too.
 */
function given(
  data: PredictionData,
  model: PolicyModel,
  inputs: Pick<EvaluateInputs, 'champion'>,
  { challenger, champion }: { readonly challenger: string | undefined; readonly champion: string | undefined },
): Versions {
  if (challenger === undefined) {
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      'The policy has versionColumns: none, so the file does not say which version its predictions are of.',
      { todo: "Set 'challenger' to the number of the version, or give connection and model." },
    );
  }
  if (champion === undefined && inputs.champion !== 'none' && hasChampionPredictions(data, model)) {
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      "The file has predictions of a champion, but 'champion' names no version of it.",
      { todo: "Set 'champion' to the number of the version, or to none where there is no champion." },
    );
  }
  return { challenger: { version: challenger }, champion: champion === undefined ? null : { version: champion } };
}

function named(data: PredictionData, model: PolicyModel): Versions {
  const { challenger, champion } = versionsNamed(data.raw, model);
  const [only] = challenger;
  const [reigning] = champion;
  if (only === undefined || challenger.length > 1 || champion.length > 1) {
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      'The file does not say which one version its predictions are of.',
      {
        where: `It names ${challenger.length} challenger and ${champion.length} champion versions.`,
        todo: "Write the columns of 'model.versionColumns' of the policy in every row, or give connection and model.",
      },
    );
  }
  if (reigning === undefined && hasChampionPredictions(data, model)) {
    // To take them for "there is no champion" would judge the challenger without the comparison that the file holds.
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      'The file has predictions of a champion, but names no version of it.',
      {
        todo: "Write the champion's version in every row, or leave its columns out.",
      },
    );
  }
  return { challenger: { version: only }, champion: reigning === undefined ? null : { version: reigning } };
}

function hasChampionPredictions({ raw }: PredictionData, model: PolicyModel): boolean {
  const columns = [
    model.columns.champion,
    ...(model.problem === 'classification' ? [model.probaColumns.champion] : []),
  ];
  return columns.some((column) =>
    raw.columns.get(column)?.some((value) => value !== null && value !== undefined && value !== ''),
  );
}
