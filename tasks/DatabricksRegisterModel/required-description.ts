import type { ModelDescription } from '../../src/databricks/model-description';
import { TaskError } from '../../src/errors';

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
