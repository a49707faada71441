import { jsonOrUndefined } from '../../json-or-undefined';
import { type Notebook, type NotebookCell, NotebookFailure, type NotebookLanguage, trimmedLines } from './notebook';

/** Where Databricks keeps what Jupyter has no place for: language of the notebook, titles of cells. */
const NOTEBOOK_METADATA = 'application/vnd.databricks.v1+notebook';
const CELL_METADATA = 'application/vnd.databricks.v1+cell';

/** Names of languages as kernels and Databricks write them. */
const LANGUAGES: ReadonlyMap<string, NotebookLanguage> = new Map([
  ['python', 'PYTHON'],
  ['python3', 'PYTHON'],
  ['ipython', 'PYTHON'],
  ['sql', 'SQL'],
]);

const MARKDOWN = /^\s*%md(?:-sandbox)?(?:\s|$)/;

type Json = Readonly<Record<string, unknown>>;

/**
 * The cells of a notebook in the form of Jupyter (nbformat 4); outputs are left out. A markdown cell becomes one of `%md`. That a raw cell is
 * taken for text too is [U].
 * @throws NotebookFailure for what is no such notebook, with the number of the cell, or one in another language
 */
export function readJupyter(text: string): Notebook {
  const notebook = jsonOrUndefined(text.replace(/^\uFEFF/, ''));
  if (!isObject(notebook) || !Array.isArray(notebook.cells)) {
    throw new NotebookFailure('The file is no Jupyter notebook: it is not JSON with a list of cells (nbformat 4).');
  }
  return {
    language: languageOf(objectAt(notebook, 'metadata')),
    cells: notebook.cells.map((cell, index) => readCell(cell, index + 1)),
  };
}

/** The form of Jupyter as Databricks exports it, without outputs; {@link readJupyter} gives the same cells back. */
export function writeJupyter({ language, cells }: Notebook, name: string): string {
  const kernel = language.toLowerCase();
  const notebook = {
    cells: cells.map(writtenCell),
    metadata: {
      [NOTEBOOK_METADATA]: {
        dashboards: [],
        language: kernel,
        notebookMetadata: language === 'PYTHON' ? { pythonIndentUnit: 4 } : {},
        notebookName: name,
        widgets: {},
      },
      language_info: { name: kernel },
    },
    nbformat: 4,
    nbformat_minor: 0,
  };
  return `${JSON.stringify(notebook, undefined, 1)}\n`;
}

function languageOf(metadata: Json): NotebookLanguage {
  const name =
    textAt(objectAt(metadata, NOTEBOOK_METADATA), 'language') ??
    textAt(objectAt(metadata, 'language_info'), 'name') ??
    textAt(objectAt(metadata, 'kernelspec'), 'language') ??
    'python';
  const language = LANGUAGES.get(name.toLowerCase());
  if (language === undefined) {
    throw new NotebookFailure(
      `The notebook is written in ${name}; the local workspace holds notebooks in Python and SQL.`,
      true,
    );
  }
  return language;
}

function readCell(cell: unknown, number: number): NotebookCell {
  if (!isObject(cell)) {
    throw new NotebookFailure(`Cell ${number} of the Jupyter notebook is no object.`);
  }
  const source = sourceText(cell.source, number);
  const isText = cell.cell_type === 'markdown' || cell.cell_type === 'raw';
  if (!isText && cell.cell_type !== 'code') {
    throw new NotebookFailure(`Cell ${number} of the Jupyter notebook is neither code nor markdown.`);
  }
  const text = isText && !MARKDOWN.test(source) ? `%md${source === '' ? '' : `\n${source}`}` : source;
  const own = objectAt(objectAt(cell, 'metadata'), CELL_METADATA);
  const title = textAt(own, 'title')?.replace(/[\r\n]+/g, ' ');
  return title === undefined ? { text } : { title: { text: title, shown: own.showTitle === true }, text };
}

function sourceText(source: unknown, number: number): string {
  const lines = Array.isArray(source) ? source : [source ?? ''];
  if (!lines.every((line) => typeof line === 'string')) {
    throw new NotebookFailure(`The source of cell ${number} of the Jupyter notebook is no text.`);
  }
  return trimmedLines(lines.join('').split(/\r\n|\r|\n/)).join('\n');
}

function writtenCell(cell: NotebookCell): Json {
  const { title, text } = cell;
  const metadata = {
    [CELL_METADATA]: {
      cellMetadata: {},
      inputWidgets: {},
      showTitle: title?.shown ?? false,
      title: title?.text ?? '',
    },
  };
  const plain = text.replace(/^\s*%md(?:[ \t]+|[ \t]*\n|$)/, '');
  return MARKDOWN.test(text)
    ? { cell_type: 'markdown', metadata, source: sourceLines(MARKDOWN.test(plain) ? text : plain) }
    : { cell_type: 'code', execution_count: 0, metadata, outputs: [], source: sourceLines(text) };
}

/** Lines that keep their ends, as the form wants them. */
function sourceLines(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: Json, name: string): Json {
  const found = value[name];
  return isObject(found) ? found : {};
}

function textAt(value: Json, name: string): string | undefined {
  const found = value[name];
  return typeof found === 'string' && found !== '' ? found : undefined;
}
