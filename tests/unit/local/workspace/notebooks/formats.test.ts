import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readJupyter, writeJupyter } from '../../../../../local/workspace/notebooks/jupyter-format';
import { readNotebook, uploadedKind } from '../../../../../local/workspace/notebooks/notebook-file';
import { notebookPage } from '../../../../../local/workspace/notebooks/notebook-page';
import { readSource, writeSource } from '../../../../../local/workspace/notebooks/source-format';
import { root } from '../../../../support/declared';
import { anyNotebook } from './notebook-cells';

const SOURCE = `# Databricks notebook source
# MAGIC %md
# MAGIC # Title
# MAGIC
# MAGIC text

# COMMAND ----------

# DBTITLE 1,Load
import os
# MAGIC %pip install a

# COMMAND ----------


# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT 1
`;
const TEXTS = ['%md\n# Title\n\ntext', 'import os\n%pip install a', '', '%sql\nSELECT 1'];

const jupyter = (cells: unknown, metadata: unknown = {}) => JSON.stringify({ cells, metadata, nbformat: 4 });

describe('notebooks', () => {
  it('in source form have cells, titles, magics, and the numbers that the editor shows', () => {
    const { language, cells } = readSource(SOURCE, 'PYTHON');
    assert.equal(language, 'PYTHON');
    assert.deepEqual(
      cells.map(({ text }) => text),
      TEXTS,
    );
    assert.deepEqual(cells[1]?.title, { text: 'Load', shown: true });
    assert.deepEqual(readSource('# Databricks notebook source\n', 'PYTHON').cells, []);
  });

  it('go from source form to that of Jupyter as Databricks writes it, and back', () => {
    const written = writeJupyter(readSource(SOURCE, 'PYTHON'), 'load');
    const parsed = JSON.parse(written);
    assert.deepEqual(
      parsed.cells.map((cell: { cell_type: string; source: string[] }) => [cell.cell_type, cell.source.join('')]),
      [
        ['markdown', '# Title\n\ntext'],
        ['code', 'import os\n%pip install a'],
        ['code', ''],
        ['code', '%sql\nSELECT 1'],
      ],
    );
    assert.equal(parsed.cells[1].metadata['application/vnd.databricks.v1+cell'].title, 'Load');
    assert.equal(parsed.metadata['application/vnd.databricks.v1+notebook'].language, 'python');
    assert.deepEqual([parsed.nbformat, parsed.metadata.language_info.name], [4, 'python']);
    assert.equal(writeSource(readJupyter(written)).replace(/\n+/g, '\n'), SOURCE.replace(/\n+/g, '\n'));
  });

  it('keep their cells over any number of changes of form', () => {
    fc.assert(
      fc.property(anyNotebook, (notebook) => {
        assert.deepEqual(readNotebook(writeSource(notebook)), notebook);
        // What stands between %md and the text is not kept.
        const markdown = (text: string) => text.replace(/^%md(?:\s*\n|[ \t]+|$)/, '%md\n').replace(/^%md\n$/, '%md');
        const { language, cells } = readNotebook(writeJupyter(notebook, 'n'));
        assert.equal(language, notebook.language);
        assert.deepEqual(
          cells.map((cell) => markdown(cell.text)),
          notebook.cells.map((cell) => markdown(cell.text)),
        );
        const source = writeSource({ language, cells });
        assert.equal(writeSource(readNotebook(writeJupyter(readNotebook(source), 'n'))), source);
      }),
      { numRuns: 300 },
    );
  });

  it('are read by the runner of cells, which is Python, exactly as here', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'notebooks-'));
    try {
      const notebooks = fc.sample(anyNotebook, 60);
      const files = notebooks.map((notebook, index) => {
        const file = path.join(folder, String(index));
        writeFileSync(file, index % 2 === 0 ? writeSource(notebook) : writeJupyter(notebook, 'n'));
        return file;
      });
      const program = [
        'import json, sys',
        'from notebook_source import read_notebook',
        'found = [read_notebook(path) for path in json.load(sys.stdin)]',
        'print(json.dumps([[book.language, [cell.text for cell in book.cells]] for book in found]))',
      ];
      const site = path.join(root, 'local/workspace/python/site');
      const output = execFileSync('python3', ['-c', program.join('\n')], {
        input: JSON.stringify(files),
        env: { PATH: process.env['PATH'], PYTHONPATH: site, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf8' },
      });
      const expected = notebooks.map((notebook, index) => {
        const read = readNotebook(index % 2 === 0 ? writeSource(notebook) : writeJupyter(notebook, 'n'));
        // A notebook without cells has one without text for whoever runs it.
        const texts = read.cells.length === 0 && index % 2 === 0 ? [''] : read.cells.map(({ text }) => text);
        return [read.language.toLowerCase(), texts];
      });
      assert.deepEqual(JSON.parse(output.toString('utf8')), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of Jupyter are taken as other programs write them', () => {
    const text = jupyter(
      [
        { cell_type: 'markdown', source: ['# A\n', 'b'] },
        { cell_type: 'raw', source: 'r' },
        { cell_type: 'code', source: 'print(1)\r\n', outputs: [{ output_type: 'stream', text: ['1'] }] },
        { cell_type: 'code' },
      ],
      { kernelspec: { language: 'python', name: 'python3' } },
    );
    const { language, cells } = readNotebook(`\uFEFF${text}`);
    assert.equal(language, 'PYTHON');
    assert.deepEqual(
      cells.map((cell) => cell.text),
      ['%md\n# A\nb', '%md\nr', 'print(1)', ''],
    );
    const sql = jupyter([], { 'application/vnd.databricks.v1+notebook': { language: 'sql' } });
    assert.equal(readNotebook(sql).language, 'SQL');
  });

  for (const [what, text, words] of [
    ['no JSON', '{"cells": [', /not JSON with a list of cells/],
    ['JSON without cells', '{"worksheets": []}', /not JSON with a list of cells/],
    ['a cell that is none', jupyter([1]), /Cell 1 .* is no object/],
    ['a cell of no kind', jupyter([{ cell_type: 'code', source: '' }, { cell_type: 'x' }]), /Cell 2 .* neither code/],
    ['a source that is no text', jupyter([{ cell_type: 'code', source: [1] }]), /source of cell 1 .* no text/],
    ['another language', jupyter([], { language_info: { name: 'scala' } }), /written in scala; .* Python and SQL/],
    ['a script', 'print(1)\n', /is no notebook/],
    ['a notebook in Scala', '// Databricks notebook source\nval x = 1\n', /written in Scala/],
  ] as const) {
    it(`are not ${what}`, () => {
      assert.throws(() => readNotebook(text), words);
    });
  }

  it('are told from other files by name and first line', () => {
    const kind = (name: string, text: string) => uploadedKind(name, Buffer.from(text));
    assert.deepEqual(kind('a.py', '# Databricks notebook source\r\nx'), { format: 'SOURCE', language: 'PYTHON' });
    assert.deepEqual(kind('a.sql', '-- Databricks notebook source'), { format: 'SOURCE', language: 'SQL' });
    assert.deepEqual(kind('a.ipynb', jupyter([])), { format: 'JUPYTER', language: 'PYTHON' });
    for (const [name, text] of [
      ['a.py', 'print(1)'],
      ['a.py', '# Databricks notebook sources'],
      ['a.sql', '# Databricks notebook source'],
      ['a.txt', '# Databricks notebook source'],
      ['a.scala', '// Databricks notebook source'],
      ['a.ipynb', jupyter([], { language_info: { name: 'R' } })],
    ] as const) {
      assert.equal(kind(name, text), undefined, `${name}: ${text}`);
    }
    assert.throws(() => kind('a.ipynb', 'x'), /no Jupyter notebook/);
  });

  it('are shown as a page on which nothing acts', () => {
    const cells = [{ text: '<script>1</script>', title: { text: '<i>', shown: true } }, { text: '%md\nx' }];
    const { text } = notebookPage('<n>', { language: 'PYTHON', cells }, { exitValue: '<e>', trace: '<t>' });
    assert.ok(!/<script>|<i>|<n>|<e>|<t>/.test(text), text);
    assert.match(text, /Cell 1 \(python\): &lt;i&gt;[\s\S]*Cell 2 \(md\)/);
  });
});
