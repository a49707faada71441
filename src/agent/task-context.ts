import type { Clock } from '../clock';
import type { Host } from './host';
import type { Log } from './log';
import type { OutputFiles } from './output-files';
import type { OutputSet } from './outputs';

/** What `run` of a task is given. */
export interface TaskContext {
  readonly host: Host;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted by cancel and by the job's time-out. */
  readonly signal: AbortSignal;
  readonly outputs: OutputSet;
  readonly files: OutputFiles;
  /** `<TaskName>/<version>`, for the user agent. */
  readonly taskName: string;
  readonly taskVersion: string;
  /**
   * Registers what must reach the outside when the step is cancelled. It is called at once, before anything else, and awaited before
   * the step ends; its requests must not use {@link signal}, which is aborted by then. Returns a function that removes it.
   */
  onCancel(action: () => Promise<void>): () => void;
  /** Masks a secret in all its forms (see secret-forms.ts). */
  mask(secret: string): void;
  /** The text with `***` for what this step masked: for text from outside that goes into a file, where no agent hides it. */
  withoutSecrets(text: string): string;
}

/** How a step ended, said first to the person who reads it. */
export interface TaskOutcome {
  /** The sentence to act on: first line of the summary and of the last log group. */
  readonly decision: string;
  /** Value of output `result`; default `succeeded`. */
  readonly result?: string;
  /** Set when the step did its work and still has to fail (a verdict, a failed run); `message` goes to the list of errors, the summary says it in its own way. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** Markdown below the decision; text from outside in it is already escaped. */
  readonly summary: string;
  /** JSON attachment `databricks-mlops.<kind>`: content, or a file that is attached byte for byte. */
  readonly attachment:
    | { readonly kind: string; readonly content: unknown }
    | { readonly kind: string; readonly path: string };
}
