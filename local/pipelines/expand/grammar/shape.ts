/**
 * What may stand somewhere in a pipeline, as data: the check reads it, and so can whatever makes a JSON Schema of it.
 * A text of the form `#name` is another shape by its name.
 */
export type Shape =
  | 'text'
  | 'anything'
  | `#${string}`
  | { readonly list: Shape }
  /** A mapping with these keys and no others. */
  | { readonly keys: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  /** A mapping with keys of the user's own. */
  | { readonly values: Shape }
  /** The first whose kind (text, list, mapping) is that of what stands there. */
  | { readonly either: readonly Shape[] }
  /** Mappings that are told apart by which of these keys they have. */
  | { readonly byKey: Readonly<Record<string, Shape>> };

export const TEXTS: Shape = { list: 'text' };
export const TEXT_OR_TEXTS: Shape = { either: ['text', TEXTS] };
export const TEXT_MAP: Shape = { values: 'text' };
