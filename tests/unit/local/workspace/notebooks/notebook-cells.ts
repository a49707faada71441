import fc from 'fast-check';
import type { Notebook, NotebookCell, NotebookLanguage } from '../../../../../local/workspace/notebooks/notebook';

const LINES = [
  'x = 1',
  '',
  '  indented',
  '%pip install a b',
  '!ls',
  '# COMMAND ----------',
  '-- COMMAND ----------',
  '# MAGIC %md',
  '# DBTITLE 1,no title',
  '# Databricks notebook source',
  "print('é ☃ <b>')",
  'SELECT :name -- x',
  '# MAGICAL',
  'line\u2028separator',
  '%md-sandbox',
];
const FIRST = ['%md', '%sql', '%run ./other', '%pip install c', '%python', '%sh', ''];

/** Cells without empty lines at their ends: those are not kept. */
const anyCell: fc.Arbitrary<NotebookCell> = fc
  .record({
    first: fc.constantFrom(...FIRST),
    lines: fc.array(fc.oneof(fc.constantFrom(...LINES), fc.string({ maxLength: 12 }).map(oneLine)), { maxLength: 5 }),
    title: fc.option(
      fc.record({ text: fc.constantFrom('A', 'b, c', '1,x'), shown: fc.boolean() }, { noNullPrototype: true }),
      {
        nil: undefined,
      },
    ),
  })
  .map(({ first, lines, title }) => ({
    text: [...(first === '' ? [] : [first]), ...lines].join('\n').replace(/^(?:\s*\n)+|(?:\n\s*)+$/g, ''),
    ...(title === undefined ? {} : { title }),
  }))
  .filter(({ text }) => text.trim() !== '');

/** Notebooks in Python and SQL. */
export const anyNotebook: fc.Arbitrary<Notebook> = fc.record(
  {
    language: fc.constantFrom<NotebookLanguage>('PYTHON', 'SQL'),
    cells: fc.array(anyCell, { maxLength: 6 }),
  },
  { noNullPrototype: true },
);

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '');
}
