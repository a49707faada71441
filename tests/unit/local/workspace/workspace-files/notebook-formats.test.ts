import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const API = '/api/2.0/workspace';
const PYTHON = '# Databricks notebook source\n# MAGIC %md\n# MAGIC # T\n\n# COMMAND ----------\n\nprint(1)\n';
const JUPYTER = JSON.stringify({
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# T'] },
    { cell_type: 'code', metadata: {}, source: ['print(1)'], outputs: [{ output_type: 'stream', text: '1' }] },
  ],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
});

interface Exported {
  readonly content: string;
  readonly file_type: string;
}

describe('formats of notebooks', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  const put = (path: string, text: string, more: Record<string, unknown>) =>
    workspace.call('POST', `${API}/import`, { path, content: Buffer.from(text).toString('base64'), ...more });
  const upload = (path: string, text: string, overwrite = true) =>
    workspace.call('POST', `/api/2.0/workspace-files/import-file${path}?overwrite=${overwrite}`, text);
  const status = async (path: string) => {
    const { json } = await workspace.call(
      'GET',
      `${API}/get-status?path=${encodeURIComponent(path)}&return_export_info=true`,
    );
    return [json.object_type, json.language, json.repos_export_format];
  };
  const exported = async (path: string, format: string) => {
    const reply = await workspace.call<Exported>('GET', `${API}/export?path=${path}&format=${format}`);
    assert.equal(reply.status, 200, reply.text);
    return [reply.json.file_type, Buffer.from(reply.json.content, 'base64').toString()] as const;
  };
  const texts = (notebook: string) =>
    JSON.parse(notebook).cells.map((cell: { cell_type: string; source: string[] }) => [
      cell.cell_type,
      cell.source.join(''),
    ]);

  it('come in as JUPYTER, and go out in every form', async () => {
    assert.equal((await put('/Shared/j', JUPYTER, { format: 'JUPYTER' })).status, 200);
    assert.deepEqual(await status('/Shared/j'), ['NOTEBOOK', 'PYTHON', 'JUPYTER']);
    for (const format of ['JUPYTER', 'AUTO', 'RAW']) {
      assert.deepEqual(await exported('/Shared/j', format), ['ipynb', JUPYTER], 'what came in, with results');
    }
    assert.deepEqual(await exported('/Shared/j', 'SOURCE'), ['py', PYTHON]);
    const [type, page] = await exported('/Shared/j', 'HTML');
    assert.deepEqual([type, page.includes('Cell 2 (python)')], ['html', true]);
  });

  it('come in as SOURCE of Python, and go out as JUPYTER and back', async () => {
    await put('/Shared/s', PYTHON, { format: 'SOURCE', language: 'PYTHON' });
    assert.deepEqual(await status('/Shared/s'), ['NOTEBOOK', 'PYTHON', 'SOURCE']);
    const [type, text] = await exported('/Shared/s', 'JUPYTER');
    assert.deepEqual(
      [type, texts(text)],
      [
        'ipynb',
        [
          ['markdown', '# T'],
          ['code', 'print(1)'],
        ],
      ],
    );
    await put('/Shared/back', text, { format: 'JUPYTER' });
    assert.deepEqual(await exported('/Shared/back', 'SOURCE'), ['py', PYTHON]);
  });

  it('come in as SOURCE of SQL, with or without the first line', async () => {
    const source = '-- Databricks notebook source\nSELECT 1\n';
    await put('/Shared/q', 'SELECT 1\n', { format: 'SOURCE', language: 'SQL' });
    await put('/Shared/q2', source, { format: 'SOURCE', language: 'SQL' });
    for (const path of ['/Shared/q', '/Shared/q2']) {
      assert.deepEqual(await status(path), ['NOTEBOOK', 'SQL', 'SOURCE']);
      assert.deepEqual(await exported(path, 'SOURCE'), ['sql', source]);
    }
    const [, text] = await exported('/Shared/q', 'JUPYTER');
    assert.equal(JSON.parse(text).metadata.language_info.name, 'sql');
  });

  it('are told by AUTO and by plain uploads, as bundles send them, and lose their extension', async () => {
    await put('/Shared/auto.ipynb', JUPYTER, { format: 'AUTO' });
    await upload('/Shared/plain.ipynb', JUPYTER);
    await upload('/Shared/plain-sql.sql', '-- Databricks notebook source\nSELECT 1\n');
    await upload('/Shared/query.sql', 'SELECT 1\n');
    assert.deepEqual(await status('/Shared/auto'), ['NOTEBOOK', 'PYTHON', 'JUPYTER']);
    assert.deepEqual(await status('/Shared/plain'), ['NOTEBOOK', 'PYTHON', 'JUPYTER']);
    assert.deepEqual(await status('/Shared/plain-sql'), ['NOTEBOOK', 'SQL', 'SOURCE']);
    assert.deepEqual(await status('/Shared/query.sql'), ['FILE', undefined, undefined]);
    const taken = await upload('/Shared/plain.ipynb', JUPYTER, false);
    assert.deepEqual([taken.status, taken.json.message], [400, 'Path (/Shared/plain) already exists.']);
  });

  it('change with what is put over them', async () => {
    await put('/Shared/o', PYTHON, { format: 'SOURCE', language: 'PYTHON' });
    await put('/Shared/o', JUPYTER, { format: 'JUPYTER', overwrite: true });
    assert.deepEqual(await status('/Shared/o'), ['NOTEBOOK', 'PYTHON', 'JUPYTER']);
    await put('/Shared/o', 'SELECT 1', { format: 'SOURCE', language: 'SQL', overwrite: true });
    assert.deepEqual(await status('/Shared/o'), ['NOTEBOOK', 'SQL', 'SOURCE']);
  });

  for (const [what, text, fields, refused, words] of [
    ['DBC', '', { format: 'DBC' }, 501, /does not import the format DBC: an archive/],
    ['HTML', '', { format: 'HTML' }, 501, /does not import the format HTML: /],
    ['R_MARKDOWN', '', { format: 'R_MARKDOWN' }, 501, /R_MARKDOWN: a notebook in R/],
    ['a format nobody knows', '', { format: 'PDF' }, 400, /There is no format 'PDF'/],
    ['Scala', '', { format: 'SOURCE', language: 'SCALA' }, 501, /in Python and SQL, not in SCALA/],
    ['R', '', { format: 'SOURCE', language: 'R' }, 501, /not in R:/],
    ['a language nobody knows', '', { format: 'SOURCE', language: 'COBOL' }, 400, /no language 'COBOL'/],
    ['what is no notebook', '{}', { format: 'JUPYTER' }, 400, /\/Shared\/no cannot be imported\. .*list of cells/],
    [
      'a notebook of another kernel',
      JUPYTER.replace('"python"', '"julia"'),
      { format: 'JUPYTER' },
      501,
      /written in julia/,
    ],
  ] as const) {
    it(`are refused: ${what}`, async () => {
      const reply = await put('/Shared/no', text, fields);
      assert.equal(reply.status, refused, reply.text);
      assert.match(String(reply.json.message), words);
    });
  }

  it('are refused for what cannot have them', async () => {
    await upload('/Shared/file.txt', 'x');
    const of = (path: string, format: string) => workspace.call('GET', `${API}/export?path=${path}&format=${format}`);
    const file = await of('/Shared/file.txt', 'JUPYTER');
    assert.deepEqual([file.status, String(file.json.message).includes('is a file and no notebook')], [400, true]);
    await put('/Shared/n', PYTHON, { format: 'SOURCE', language: 'PYTHON' });
    assert.equal((await of('/Shared/n', 'DBC')).status, 501);
    assert.equal((await of('/Shared', 'SOURCE')).status, 501);
  });
});
