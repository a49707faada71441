import { ExpandError } from './expand-error';
import type { Place } from './place';

/**
 * What a pipeline may use up. Source: the page on templates. Its figures vary by edition (hosted: 100 levels and 20 MB; server: 20 levels and
 * 10 MB); the smaller ones are kept, so what expands here expands everywhere. [U]: how the service counts memory; here it is text and nodes.
 */
export const LIMITS = {
  files: 100,
  levels: 20,
  bytes: 10_000_000,
  /** Nested collections in one file and nested function calls in one expression. Source: published previews; the documentation names neither. */
  depth: 100,
  expressionDepth: 50,
} as const;

const BYTES_OF_A_NODE = 16;

/** Counts what one expansion uses up, so that no pipeline can hang or exhaust the machine that expands it. */
export interface Budget {
  countFile(place: Place | undefined, bytes: number): void;
  countNode(place: Place, textLength: number): void;
  /** Refuses a text that an expression is about to build. */
  countText(place: Place, length: number): void;
}

/** @throws ExpandError PIPELINE_LIMIT from each of its functions */
export function newBudget(): Budget {
  let files = 0;
  let bytes = 0;
  const use = (place: Place | undefined, amount: number) => {
    bytes += amount;
    if (bytes > LIMITS.bytes) {
      throw new ExpandError(
        'PIPELINE_LIMIT',
        `The pipeline uses more than ${LIMITS.bytes / 1_000_000} MB while it is expanded.`,
        place,
        'Repeat less: look for loops in loops, or for large parameters.',
      );
    }
  };
  return {
    countFile: (place, size) => {
      files += 1;
      if (files > LIMITS.files) {
        throw new ExpandError(
          'PIPELINE_LIMIT',
          `The pipeline includes more than ${LIMITS.files} files.`,
          place,
          'Include fewer templates; the same template counts each time.',
        );
      }
      use(place, size);
    },
    countNode: (place, textLength) => use(place, BYTES_OF_A_NODE + textLength),
    countText: use,
  };
}
