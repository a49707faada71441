import { readJupyter } from './jupyter-format';
import { type Notebook, NotebookFailure, type NotebookFormat, type NotebookLanguage } from './notebook';
import { readSource, sourceLanguage } from './source-format';

/** What the contents of a file say of it: its form and the language of the notebook. */
export interface NotebookKind {
  readonly format: NotebookFormat;
  readonly language: NotebookLanguage;
}

/** Extensions of the notebooks that the local workspace holds; in the tree of the workspace they stand without. */
export const NOTEBOOK_EXTENSIONS = ['.py', '.sql', '.ipynb'] as const;

/** So much of a file tells whether it begins with a marker. */
export const LONGEST_MARKER_BYTES = 64;

/**
 * Whether a file that is uploaded by this name becomes a notebook: a `.py` or `.sql` with the marker of its language, an `.ipynb` always.
 * Notebooks in other languages stay files, so that a folder with one can be uploaded.
 * @throws NotebookFailure for an `.ipynb` that is none
 */
export function uploadedKind(name: string, bytes: Buffer): NotebookKind | undefined {
  if (name.endsWith('.ipynb')) {
    return jupyterKind(bytes.toString('utf8'));
  }
  const language = sourceLanguage(bytes.subarray(0, LONGEST_MARKER_BYTES).toString('utf8'));
  const extension = language === 'PYTHON' ? '.py' : '.sql';
  return language !== undefined && name.endsWith(extension) ? { format: 'SOURCE', language } : undefined;
}

function jupyterKind(text: string): NotebookKind | undefined {
  try {
    return { format: 'JUPYTER', language: readJupyter(text).language };
  } catch (error) {
    if (error instanceof NotebookFailure && error.unsupported) {
      return undefined;
    }
    throw error;
  }
}

/**
 * A notebook from the text of its file, whatever its name.
 * @throws NotebookFailure when it is neither in source form (Python, SQL) nor in that of Jupyter
 */
export function readNotebook(text: string): Notebook {
  const language = sourceLanguage(text);
  if (language !== undefined) {
    return readSource(text, language);
  }
  if (/^\uFEFF?\s*\{/.test(text)) {
    return readJupyter(text);
  }
  const foreign = /^\uFEFF?(?:\/\/) Databricks notebook source/.test(text) ? 'It is written in Scala. ' : '';
  throw new NotebookFailure(
    `The file is no notebook. ${foreign}A notebook begins with the line '# Databricks notebook source' (Python) or '-- Databricks notebook source' (SQL), or is the JSON of Jupyter.`,
    foreign !== '',
  );
}
