import { magicOf, type Notebook, type NotebookCell, type NotebookLanguage, trimmedLines } from './notebook';

const COMMENT: Readonly<Record<NotebookLanguage, string>> = { PYTHON: '#', SQL: '--' };

/** The first line of a notebook in source form, and what makes a source file a notebook. */
export function sourceMarker(language: NotebookLanguage): string {
  return `${COMMENT[language]} Databricks notebook source`;
}

/** The language of a text in source form; undefined for a text that is no notebook, or one of another language. */
export function sourceLanguage(text: string): NotebookLanguage | undefined {
  const [first = ''] = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/, 1);
  return (['PYTHON', 'SQL'] as const).find((language) => first.trimEnd() === sourceMarker(language));
}

/**
 * The cells of a notebook in source form: divided by a comment line, a magic cell commented out line by line, a title before its cell.
 * Empty cells count, so that numbers are those of the editor.
 */
export function readSource(text: string, language: NotebookLanguage): Notebook {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const body = lines[0]?.trimEnd() === sourceMarker(language) ? lines.slice(1) : lines;
  const cells: string[][] = [[]];
  for (const line of body) {
    if (line.trimEnd() === divider(language)) {
      cells.push([]);
    } else {
      cells.at(-1)?.push(line);
    }
  }
  const isEmpty = cells.length === 1 && trimmedLines(cells[0] ?? []).length === 0;
  return { language, cells: isEmpty ? [] : cells.map((cell) => readCell(cell, language)) };
}

/** The source form of a notebook; {@link readSource} gives the same cells back. */
export function writeSource({ language, cells }: Notebook): string {
  const texts = cells.map((cell) => writtenCell(cell, language));
  return `${sourceMarker(language)}\n${texts.join(`\n\n${divider(language)}\n\n`)}\n`;
}

function readCell(given: readonly string[], language: NotebookLanguage): NotebookCell {
  const lines = trimmedLines(given);
  const comment = COMMENT[language];
  const [, shown, title] = new RegExp(`^${comment} DBTITLE ([01]),(.*)$`, 's').exec(lines[0] ?? '') ?? [];
  const magic = new RegExp(`^${comment} MAGIC(?:[ \\t](.*))?$`, 's');
  const body = (title === undefined ? lines : lines.slice(1)).map((line) => {
    const found = magic.exec(line);
    return found === null ? line : (found[1] ?? '');
  });
  const text = trimmedLines(body).join('\n');
  return title === undefined ? { text } : { title: { text: title, shown: shown === '1' }, text };
}

function writtenCell(cell: NotebookCell, language: NotebookLanguage): string {
  const comment = COMMENT[language];
  const isMagic = magicOf(cell) !== undefined;
  // Lines that would mean something to the reader of this form are commented out too: they come back as they are.
  const special = new RegExp(`^(?:[%!]|${comment} (?:MAGIC|DBTITLE|COMMAND|Databricks notebook)\\b)`);
  const lines = cell.text.split('\n').map((line) => {
    if (!isMagic && !special.test(line)) {
      return line;
    }
    return line === '' ? `${comment} MAGIC` : `${comment} MAGIC ${line}`;
  });
  const { title } = cell;
  return (title === undefined ? lines : [`${comment} DBTITLE ${title.shown ? 1 : 0},${title.text}`, ...lines]).join(
    '\n',
  );
}

function divider(language: NotebookLanguage): string {
  return `${COMMENT[language]} COMMAND ----------`;
}
