import { TaskError } from '../errors';
import type { FilesApi } from './files';

/** What a model says about its interface (file `MLmodel`). */
export interface ModelDescription {
  /** JSON text of the columns or tensors; `''` when there is none. */
  readonly inputs: string;
  readonly outputs: string;
  readonly hasInputExample: boolean;
}

/**
 * Reads `MLmodel` in a folder of the Files API.
 * @throws TaskError MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export async function readModelDescription(files: FilesApi, folder: string): Promise<ModelDescription> {
  const path = `${folder}/MLmodel`;
  const content = await files.download(path);
  if (content === undefined) {
    throw new TaskError('MODEL_FILE_MISSING', 'There is no MLflow model at the source.', {
      where: `The file ${path} does not exist.`,
      todo: "Correct 'artifactPath', or log the model with `log_model` of its MLflow flavor.",
    });
  }
  const { parseYaml } = await import('../quiet-yaml');
  let parsed: unknown;
  try {
    parsed = parseYaml(content.toString('utf8'));
  } catch (error) {
    throw new TaskError('MODEL_FILE_INVALID', 'The description of the model is not YAML.', {
      where: `It is the file ${path}.`,
      todo: 'Log the model again.',
      cause: error,
    });
  }
  const file = (parsed ?? {}) as {
    signature?: { inputs?: string | null; outputs?: string | null } | null;
    saved_input_example_info?: unknown;
  };
  return {
    inputs: file.signature?.inputs ?? '',
    outputs: file.signature?.outputs ?? '',
    hasInputExample: file.saved_input_example_info !== undefined && file.saved_input_example_info !== null,
  };
}
