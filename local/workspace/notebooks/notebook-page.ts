import { type Html, html } from '../../html';
import { magicOf, type Notebook, type NotebookCell } from './notebook';

/** What a run adds to the cells of its notebook. */
interface NotebookEnd {
  /** What `dbutils.notebook.exit` was given. */
  readonly exitValue?: string | undefined;
  /** Of the error that ended it. */
  readonly trace?: string | undefined;
}

/** A notebook as a page: its cells with their numbers, titles and languages, then how a run of it ended. */
export function notebookPage(name: string, notebook: Notebook, { exitValue, trace }: NotebookEnd = {}): Html {
  return html`<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title>${name}</title></head>
<body>
<h1>${name}</h1>
${notebook.cells.map((cell, index) => cellPart(cell, index + 1, notebook))}
${exitValue === undefined ? undefined : html`<p>Notebook exited: <code>${exitValue}</code></p>`}
${trace === undefined ? undefined : html`<pre>${trace}</pre>`}
</body>
</html>`;
}

function cellPart(cell: NotebookCell, number: number, { language }: Notebook): Html {
  const title = cell.title?.shown === true ? html`: ${cell.title.text}` : undefined;
  const written = magicOf(cell)?.replace(/^%+/, '') ?? language.toLowerCase();
  return html`<section><h2>Cell ${number} (${written})${title}</h2>
<pre>${cell.text}</pre></section>
`;
}
