import { TaskError } from '../errors';

/** Wire types that several MLflow resources share. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** NaN and infinities may arrive as text ([U] for Databricks). */
export interface Metric {
  readonly key: string;
  readonly value: number | string;
  readonly timestamp?: number;
  readonly step?: number;
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
  readonly run_id?: string;
}

/** Value of a tag or parameter, undefined when it is not there. */
export function entryValue(list: readonly KeyValue[] | undefined, key: string): string | undefined {
  return list?.find((entry) => entry.key === key)?.value;
}

/** A value as literal of MLflow's search grammar, which has no escapes. @throws TaskError NOT_SEARCHABLE when it holds both kinds of quotes */
export function filterLiteral(value: string): string {
  if (!value.includes("'")) {
    return `'${value}'`;
  }
  if (!value.includes('"')) {
    return `"${value}"`;
  }
  throw new TaskError('NOT_SEARCHABLE', `MLflow cannot search for ${value}: it has both kinds of quotes.`, {
    todo: 'Name a run by its id and a model by its three-level name.',
  });
}
