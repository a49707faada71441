import { createHash } from 'node:crypto';
import { counted } from '../counted';
import { TaskError } from '../errors';
import { idOf, labelOf, labelText } from './labels';
import type { ClassificationModel, PolicyModel } from './policy/schema';
import {
  columnsToRead,
  type DataProblem,
  type ModelPredictions,
  type PredictionNeeds,
  type Predictions,
  positiveClass,
  predictionColumns,
  type RawPredictions,
} from './predictions';
import { classColumn, numberColumn, probabilityColumn } from './read-columns';

/** The versions that every row must name; `champion` is `undefined` while there is none. */
export interface PinnedVersions {
  readonly challenger: string;
  readonly champion: string | undefined;
}

/**
 * Prediction data, checked and in typed arrays, or all the problems that make it unusable.
 * @param compare whether the champion's predictions are needed
 */
export function preparePredictions(
  raw: RawPredictions,
  model: PolicyModel,
  needs: PredictionNeeds,
  pinned: PinnedVersions,
  compare: boolean,
): { readonly predictions: Predictions | undefined; readonly problems: readonly DataProblem[] } {
  const problems: DataProblem[] = [];
  for (const name of columnsToRead(model, needs, compare).required.filter((column) => !raw.columns.has(column))) {
    problems.push({ code: 'MISSING_COLUMN', message: `The prediction data has no column ${name}.` });
  }
  if (model.weightColumn === 'none' && raw.columns.has('weight')) {
    problems.push({
      code: 'WEIGHT_AMBIGUOUS',
      message:
        'The prediction data has a column weight that the policy does not mention; set model.weightColumn to weight, or leave the column out.',
    });
  }
  if (problems.length > 0) {
    return { predictions: undefined, problems };
  }
  const column = (name: string) => raw.columns.get(name) ?? [];
  const { order, ids } = orderById(model.idColumn, column(model.idColumn), problems);
  checkVersions(raw, model, pinned, problems);
  const classes = model.problem === 'classification' ? model.classes.map(labelText) : [];
  const truth =
    model.problem === 'regression'
      ? numberColumn(model.target, column(model.target), order, problems)
      : classColumn(model.target, column(model.target), order, classes, problems);
  const read = (which: 'challenger' | 'champion') =>
    modelPredictions(which, model, needs, truth, order, column, classes, problems);
  const challenger = read('challenger');
  const champion = compare ? read('champion') : undefined;
  const weights =
    model.weightColumn === 'none'
      ? undefined
      : weightColumn(model.weightColumn, column(model.weightColumn), order, problems);
  if (problems.length > 0) {
    return { predictions: undefined, problems };
  }
  const hash = dataHash(ids, [
    truth,
    ...arraysOf(challenger),
    ...arraysOf(champion),
    ...(weights === undefined ? [] : [weights]),
  ]);
  return {
    predictions: { rows: order.length, truth, challenger, champion, weights, classes: classes.length, hash },
    problems,
  };
}

/**
 * The versions that the rows themselves name, for files that are judged without a workspace.
 * @throws TaskError PREDICTIONS_OF_ANOTHER_VERSION when a version column holds something that is no version number: it could be anything, and
 * what is returned here is shown
 */
export function versionsNamed(
  raw: RawPredictions,
  model: PolicyModel,
): { readonly challenger: readonly string[]; readonly champion: readonly string[] } {
  if (model.versionColumns === 'none') {
    return { challenger: [], champion: [] };
  }
  return {
    challenger: distinctVersions(model.versionColumns.challenger, raw),
    champion: distinctVersions(model.versionColumns.champion, raw),
  };
}

function distinctVersions(column: string, raw: RawPredictions): string[] {
  const labels = [...new Set((raw.columns.get(column) ?? []).map(labelOf).filter((label) => label !== undefined))];
  if (!labels.every((label) => /^\d{1,18}$/.test(label))) {
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      `Column ${column} holds something that is no version number.`,
      {
        todo: "Write the number of the scored version in every row, or correct 'model.versionColumns' of the policy.",
      },
    );
  }
  return labels.sort();
}

function orderById(
  name: string,
  values: readonly unknown[],
  problems: DataProblem[],
): { order: Uint32Array; ids: string[] } {
  const labels = values.map(idOf);
  const missing = labels.filter((label) => label === undefined).length;
  if (missing > 0) {
    problems.push({
      code: 'MISSING_VALUE',
      message: `${counted(missing, 'row')} ${missing === 1 ? 'has' : 'have'} no value in the id column ${name}.`,
    });
  }
  const ids = labels.map((label) => label ?? '');
  const order = Uint32Array.from(ids.keys());
  order.sort((a, b) => compareText(ids[a] as string, ids[b] as string) || a - b);
  let doubles = 0;
  for (let at = 1; at < order.length; at += 1) {
    const id = ids[order[at] as number] as string;
    doubles += id !== '' && id === ids[order[at - 1] as number] ? 1 : 0;
  }
  if (doubles > 0) {
    problems.push({
      code: 'DUPLICATE_ID',
      message: `${counted(doubles, 'row')} ${doubles === 1 ? 'repeats' : 'repeat'} an id of column ${name}.`,
    });
  }
  return { order, ids: Array.from(order, (row) => ids[row] as string) };
}

/** By UTF-16 code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkVersions(raw: RawPredictions, model: PolicyModel, pinned: PinnedVersions, problems: DataProblem[]): void {
  if (model.versionColumns === 'none') {
    return;
  }
  const check = (name: string, expected: string | undefined) => {
    const values = raw.columns.get(name);
    if (values === undefined) {
      return;
    }
    const others = values.filter((value) => labelOf(value) !== expected).length;
    if (others > 0) {
      const wanted =
        expected === undefined ? 'there is no champion, so the column must be empty' : `version ${expected} is judged`;
      problems.push({
        code: 'PREDICTIONS_OF_ANOTHER_VERSION',
        message: `${counted(others, 'row')} of ${values.length} ${others === 1 ? 'names' : 'name'} another version or none in column ${name}; ${wanted}.`,
      });
    }
  };
  check(model.versionColumns.challenger, pinned.challenger);
  check(model.versionColumns.champion, pinned.champion);
}

function modelPredictions(
  which: 'challenger' | 'champion',
  model: PolicyModel,
  needs: PredictionNeeds,
  truth: Float64Array | Int32Array,
  order: Uint32Array,
  column: (name: string) => readonly unknown[],
  classes: readonly string[],
  problems: DataProblem[],
): ModelPredictions {
  if (model.problem === 'regression') {
    return { values: numberColumn(model.columns[which], column(model.columns[which]), order, problems) };
  }
  const names = new Set(predictionColumns(model, needs, which));
  const proba = model.probaColumns[which];
  const probabilities = names.has(proba)
    ? probabilityColumn(proba, column(proba), order, classes.length, problems)
    : undefined;
  const result: { labels?: Int32Array; trueClassProbability?: Float64Array } = {};
  if (needs.probabilities && probabilities !== undefined) {
    result.trueClassProbability = ofTrueClass(probabilities, truth, classes.length);
  }
  if (needs.labels && model.threshold === undefined) {
    result.labels = classColumn(model.columns[which], column(model.columns[which]), order, classes, problems);
  } else if (needs.labels && model.threshold !== undefined && probabilities !== undefined) {
    result.labels = labelsFromThreshold(model, model.threshold, probabilities, order.length);
  }
  return result;
}

function labelsFromThreshold(
  model: ClassificationModel,
  threshold: number,
  probabilities: Float64Array,
  rows: number,
): Int32Array {
  const positive = positiveClass(model);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    labels[row] = (probabilities[row * 2 + positive] as number) >= threshold ? positive : 1 - positive;
  }
  return labels;
}

function ofTrueClass(probabilities: Float64Array, truth: Float64Array | Int32Array, classes: number): Float64Array {
  return Float64Array.from(truth, (label, row) =>
    label < 0 ? Number.NaN : (probabilities[row * classes + label] as number),
  );
}

function weightColumn(
  name: string,
  values: readonly unknown[],
  order: Uint32Array,
  problems: DataProblem[],
): Float64Array {
  const weights = numberColumn(name, values, order, problems);
  const negative = weights.filter((weight) => weight < 0).length;
  if (negative > 0) {
    problems.push({
      code: 'WEIGHT_INVALID',
      message: `${counted(negative, 'row')} ${negative === 1 ? 'has' : 'have'} a negative weight in column ${name}.`,
    });
  } else if (weights.length > 0 && weights.every((weight) => weight === 0)) {
    problems.push({ code: 'WEIGHT_INVALID', message: `All weights in column ${name} are 0.` });
  }
  return weights;
}

function arraysOf(predictions: ModelPredictions | undefined): (Float64Array | Int32Array)[] {
  return [predictions?.values, predictions?.labels, predictions?.trueClassProbability].filter(
    (array) => array !== undefined,
  );
}

/** SHA-256 over one line a row: the id and the used values, as JSON. */
function dataHash(ids: readonly string[], arrays: readonly (Float64Array | Int32Array)[]): string {
  const hash = createHash('sha256');
  ids.forEach((id, row) => {
    hash.update(`${JSON.stringify([id, ...arrays.map((array) => (array[row] as number) + 0)])}\n`, 'utf8');
  });
  return hash.digest('hex');
}
