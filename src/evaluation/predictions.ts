import type { ClassificationModel, PolicyModel } from './policy/schema';

/** Prediction data as it was read: columns of equal length, values as the format gave them (text, numbers, lists). */
export interface RawPredictions {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
}

/** What one model predicted, row by row; only what the policy's metrics need. */
export interface ModelPredictions {
  /** Regression. */
  readonly values?: Float64Array;
  /** Classification: position in `model.classes`. */
  readonly labels?: Int32Array;
  /** Classification: probability that the model gave to the true class. */
  readonly trueClassProbability?: Float64Array;
}

/** Validated prediction data in order of id, as typed arrays. */
export interface Predictions {
  readonly rows: number;
  /** Values (regression) or positions in `model.classes` (classification). */
  readonly truth: Float64Array | Int32Array;
  readonly challenger: ModelPredictions;
  readonly champion: ModelPredictions | undefined;
  readonly weights: Float64Array | undefined;
  /** Number of classes; 0 for regression. */
  readonly classes: number;
  /** SHA-256, hex. The same rows in another order or file format give the same hash. */
  readonly hash: string;
}

/** Something that makes prediction data unusable; the message names columns and counts, never a value. */
export interface DataProblem {
  readonly code: string;
  readonly message: string;
}

/** Which kinds of predictions the metrics of a policy need. */
export interface PredictionNeeds {
  readonly labels: boolean;
  readonly probabilities: boolean;
}

/** A column that must be read. */
export interface ColumnsToRead {
  readonly required: readonly string[];
  /** Read where it exists: the champion's columns while there is no champion. */
  readonly optional: readonly string[];
}

/** The columns that a policy needs of its prediction data. */
export function columnsToRead(model: PolicyModel, needs: PredictionNeeds, compare: boolean): ColumnsToRead {
  const challenger = [model.idColumn, model.target, ...predictionColumns(model, needs, 'challenger')];
  const champion = predictionColumns(model, needs, 'champion');
  if (model.weightColumn !== 'none') {
    challenger.push(model.weightColumn);
  }
  if (model.versionColumns !== 'none') {
    challenger.push(model.versionColumns.challenger);
  }
  const championVersion = model.versionColumns === 'none' ? [] : [model.versionColumns.champion];
  return compare
    ? { required: [...challenger, ...champion, ...championVersion], optional: [] }
    : { required: challenger, optional: championVersion };
}

/** Columns of one model: labels come from the probabilities where the policy has a threshold. */
export function predictionColumns(
  model: PolicyModel,
  needs: PredictionNeeds,
  which: 'challenger' | 'champion',
): string[] {
  if (model.problem === 'regression') {
    return [model.columns[which]];
  }
  const columns: string[] = [];
  if (needs.labels && model.threshold === undefined) {
    columns.push(model.columns[which]);
  }
  if (needs.probabilities || (needs.labels && model.threshold !== undefined)) {
    columns.push(model.probaColumns[which]);
  }
  return columns;
}

/** Position of the positive class of a two-class model: the last, as in scikit-learn's sorted order (0, 1). */
export function positiveClass(model: ClassificationModel): number {
  return model.classes.length - 1;
}
