import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';

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
export async function readModelDescription(workspace: WorkspaceClient, folder: string): Promise<ModelDescription> {
  const path = `${folder}/MLmodel`;
  const content = await workspace.files.download(path);
  if (content === undefined) {
    throw new TaskError('MODEL_FILE_MISSING', 'There is no MLflow model at the source.', {
      where: `The file ${path} does not exist.`,
      todo: "Correct 'artifactPath', or log the model with `log_model` of its MLflow flavor.",
    });
  }
  const { parse } = await import('yaml');
  let parsed: unknown;
  try {
    parsed = parse(content.toString('utf8'));
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

/**
 * Unity Catalog wants a signature with inputs and outputs; whether the service itself refuses a model without one is [U].
 * @throws TaskError SIGNATURE_MISSING, INPUT_EXAMPLE_MISSING
 */
export function checkDescription(
  description: ModelDescription,
  required: { readonly requireSignature: boolean; readonly requireInputExample: boolean },
): void {
  const lacking = [description.inputs === '' ? 'inputs' : '', description.outputs === '' ? 'outputs' : ''].filter(
    (part) => part !== '',
  );
  if (required.requireSignature && lacking.length > 0) {
    throw new TaskError('SIGNATURE_MISSING', `The model has no signature of its ${lacking.join(' and ')}.`, {
      todo: "Pass `signature=infer_signature(inputs, predictions)` to `log_model`, or set 'requireSignature' to false.",
    });
  }
  if (required.requireInputExample && !description.hasInputExample) {
    throw new TaskError('INPUT_EXAMPLE_MISSING', 'The model has no input example.', {
      todo: "Pass `input_example=` to `log_model`, or set 'requireInputExample' to false.",
    });
  }
}
