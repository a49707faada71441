import { entryValue } from '../../src/databricks/mlflow';
import type { MlflowRun } from '../../src/databricks/mlflow-runs';
import type { ModelDescription } from '../../src/databricks/model-description';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { parseJson } from '../../src/json';

/** Content of `lineage.json`: where a version comes from. */
export interface Lineage {
  readonly model: string;
  readonly version: string;
  readonly source: string;
  readonly loggedModelId: string;
  readonly mlflowRunId: string;
  readonly experimentId: string;
  readonly workflowRunId: string;
  readonly sourceCommit: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly inputs: readonly {
    readonly name: string;
    readonly digest: string;
    readonly context: string;
    readonly source: unknown;
  }[];
  readonly signature: { readonly inputs: unknown; readonly outputs: unknown };
}

/** @param run the MLflow run, undefined when the version names none or it cannot be seen */
export function lineageOf(
  version: ModelVersion,
  run: MlflowRun | undefined,
  description: ModelDescription | undefined,
): Lineage {
  const tags = run?.data?.tags;
  return {
    model: version.name,
    version: version.version,
    source: version.source ?? '',
    loggedModelId: version.model_id ?? '',
    mlflowRunId: version.run_id ?? '',
    experimentId: run?.info.experiment_id ?? '',
    workflowRunId: entryValue(tags, 'mlflow.databricks.jobRunID') ?? '',
    sourceCommit: entryValue(tags, 'mlflow.source.git.commit') ?? entryValue(tags, 'git_commit') ?? '',
    parameters: Object.fromEntries((run?.data?.params ?? []).map(({ key, value }) => [key, value])),
    metrics: Object.fromEntries((run?.data?.metrics ?? []).map(({ key, value }) => [key, value])),
    inputs: (run?.inputs?.dataset_inputs ?? []).map(({ dataset, tags: marks }) => ({
      name: dataset?.name ?? '',
      digest: dataset?.digest ?? '',
      context: entryValue(marks, 'mlflow.data.context') ?? '',
      source: jsonOrText(dataset?.source ?? ''),
    })),
    signature: { inputs: jsonOrText(description?.inputs ?? ''), outputs: jsonOrText(description?.outputs ?? '') },
  };
}

/** MLflow keeps structures as JSON text; what is not JSON stays text. */
function jsonOrText(text: string): unknown {
  try {
    return text === '' ? null : parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return text;
    }
    throw error;
  }
}
