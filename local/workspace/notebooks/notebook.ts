/** Default languages of the notebooks that the local workspace holds. */
export type NotebookLanguage = 'PYTHON' | 'SQL';

/** The two forms in which a notebook's file may be: lines with markers, or the JSON of Jupyter. */
export type NotebookFormat = 'SOURCE' | 'JUPYTER';

/** A cell as the editor shows it. */
export interface NotebookCell {
  /** With its magic (`%md`, `%sql`, …) and without the comment signs of the source form; lines end with `\n`. */
  readonly text: string;
  readonly title?: { readonly text: string; readonly shown: boolean };
}

/** A notebook: cells in order, numbered from 1 wherever people read of them. */
export interface Notebook {
  readonly language: NotebookLanguage;
  readonly cells: readonly NotebookCell[];
}

/** A text that is no notebook, or one that the local workspace does not hold. */
export class NotebookFailure extends Error {
  override readonly name = 'NotebookFailure';

  /** @param unsupported the service may know it, the local workspace does not */
  constructor(
    message: string,
    readonly unsupported = false,
  ) {
    super(message);
  }
}

/** The magic that a cell begins with, such as `%md` or `%%time`; undefined: the cell is in the language of the notebook. */
export function magicOf({ text }: NotebookCell): string | undefined {
  return /^\s*(%%?[A-Za-z][\w-]*)/.exec(text)?.[1];
}

/** Lines of a text without empty ones at both ends. */
export function trimmedLines(lines: readonly string[]): readonly string[] {
  const isFilled = (line: string) => line.trim() !== '';
  return lines.slice(Math.max(0, lines.findIndex(isFilled)), lines.findLastIndex(isFilled) + 1);
}
