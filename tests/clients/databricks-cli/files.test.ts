import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { byToken, DatabricksCli, databricksProgram } from './command-line';

const VOLUME = 'dbfs:/Volumes/dev/default/cli';
const NOTEBOOK = '# Databricks notebook source\nprint(1)\n';

describe('files of volumes and of the workspace by the unmodified Databricks CLI', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let cli: DatabricksCli;

  before(async function () {
    const program = await databricksProgram(this);
    workspace = await startTestWorkspace();
    cli = new DatabricksCli(program, byToken(workspace));
    cli.write('dir/a.txt', 'one\n');
    cli.write('dir/deep/b c ü.txt', 'two ü');
    cli.write('dir/nb.py', NOTEBOOK);
    await cli.text('volumes', 'create', 'dev', 'default', 'cli', 'MANAGED');
  });
  after(async () => {
    cli?.remove();
    await workspace?.stop();
  });

  const here = (path: string) => readFileSync(join(cli.folder, path), 'utf8');
  const below = (path: string) => {
    const entries = readdirSync(join(cli.folder, path), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(cli.folder, path).length + 1))
      .sort();
  };
  const lines = (text: string) => text.trim().split('\n');

  describe('fs', () => {
    it('mkdir makes a folder in a folder that is not there, and once more does nothing', async () => {
      for (const _time of [1, 2]) {
        assert.equal(await cli.text('fs', 'mkdir', `${VOLUME}/made/deep`), '');
      }
      assert.equal((await cli.text('fs', 'ls', VOLUME)).trim(), 'made');
      assert.equal((await cli.text('fs', 'ls', `${VOLUME}/made`)).trim(), 'deep');
    });

    it('cp writes a file, leaves it, and overwrites it when asked', async () => {
      const target = `${VOLUME}/made/copy.txt`;
      const file = cli.write('copy.txt', 'first');
      assert.equal((await cli.text('fs', 'cp', file, target)).trim(), `copy.txt -> ${target}`);
      writeFileSync(join(cli.folder, file), 'second');
      assert.match(await cli.text('fs', 'cp', file, target), /\(skipped; already exists\)$/m);
      assert.equal(await cli.text('fs', 'cat', target), 'first');
      await cli.text('fs', 'cp', file, target, '--overwrite');
      assert.equal(await cli.text('fs', 'cat', target), 'second');
    });

    it('cp -r writes a tree, and reads it back as it was', async () => {
      await cli.text('fs', 'cp', '-r', 'dir', `${VOLUME}/tree`);
      assert.equal(await cli.text('fs', 'cat', `${VOLUME}/tree/deep/b c ü.txt`), 'two ü');
      await cli.text('fs', 'cp', '-r', `${VOLUME}/tree`, 'back');
      assert.deepEqual(below('back'), ['a.txt', 'deep/b c ü.txt', 'nb.py']);
      assert.deepEqual(
        below('back').map((path) => here(`back/${path}`)),
        ['one\n', 'two ü', NOTEBOOK],
      );
    });

    it('cp moves a file of 3 MB to the volume, within it and back without a change', async () => {
      const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251));
      writeFileSync(join(cli.folder, 'large.bin'), bytes);
      await cli.text('fs', 'cp', 'large.bin', `${VOLUME}/large.bin`);
      await cli.text('fs', 'cp', `${VOLUME}/large.bin`, `${VOLUME}/again.bin`);
      await cli.text('fs', 'cp', `${VOLUME}/again.bin`, 'again.bin');
      assert.ok(readFileSync(join(cli.folder, 'again.bin')).equals(bytes));
    });

    it('ls --long names kind and size', async () => {
      await cli.text('fs', 'cp', '-r', 'dir', `${VOLUME}/listed`);
      const rows = lines(await cli.text('fs', 'ls', '--long', '--absolute', `${VOLUME}/listed`));
      assert.deepEqual(
        rows.map((row) => row.split(/\s+/)).map(([kind, size, , path]) => [kind, size, path]),
        [
          ['FILE', '4', `${VOLUME}/listed/a.txt`],
          ['DIRECTORY', '0', `${VOLUME}/listed/deep`],
          ['FILE', '38', `${VOLUME}/listed/nb.py`],
        ],
      );
    });

    it('ls as JSON names times too', async () => {
      await cli.text('fs', 'mkdir', `${VOLUME}/timed`);
      await cli.text('fs', 'cp', 'dir/a.txt', `${VOLUME}/timed/a.txt`);
      const listed = await cli.json<{ name: string; is_directory: boolean; size: number; last_modified: string }[]>(
        'fs',
        'ls',
        '--long',
        `${VOLUME}/timed`,
      );
      assert.deepEqual(
        listed.map(({ name, is_directory, size }) => [name, is_directory, size]),
        [['a.txt', false, 4]],
      );
      assert.ok(Number.isFinite(Date.parse(listed[0]?.last_modified ?? '')));
    });

    it('rm removes a file, an empty folder, and a full one only with -r', async () => {
      await cli.text('fs', 'cp', '-r', 'dir', `${VOLUME}/gone`);
      assert.equal(
        await cli.refusal('fs', 'rm', `${VOLUME}/gone`),
        'Error: directory not empty: /Volumes/dev/default/cli/gone',
      );
      await cli.text('fs', 'rm', `${VOLUME}/gone/deep/b c ü.txt`);
      await cli.text('fs', 'rm', `${VOLUME}/gone/deep`);
      assert.deepEqual(lines(await cli.text('fs', 'ls', `${VOLUME}/gone`)), ['a.txt', 'nb.py']);
      await cli.text('fs', 'rm', '-r', `${VOLUME}/gone`);
      assert.match(await cli.refusal('fs', 'ls', `${VOLUME}/gone`), /no such directory: .*\/cli\/gone$/);
    });

    it('what is not there is not found: file, folder, volume', async () => {
      assert.match(await cli.refusal('fs', 'cat', `${VOLUME}/none`), /file does not exist: .*\/cli\/none$/);
      assert.match(await cli.refusal('fs', 'ls', `${VOLUME}/none`), /no such directory: .*\/cli\/none$/);
      assert.match(await cli.refusal('fs', 'ls', 'dbfs:/Volumes/dev/default/no-volume'), /no such directory/);
      assert.match(await cli.refusal('fs', 'rm', `${VOLUME}/none`), /file does not exist: .*\/cli\/none$/);
    });

    it('a file is no folder and a folder no file', async () => {
      await cli.text('fs', 'mkdir', `${VOLUME}/kinds`);
      await cli.text('fs', 'cp', 'dir/a.txt', `${VOLUME}/kinds/a.txt`);
      assert.match(await cli.refusal('fs', 'ls', `${VOLUME}/kinds/a.txt`), /not a directory: .*\/kinds\/a\.txt$/);
      assert.match(await cli.refusal('fs', 'cat', `${VOLUME}/kinds`), /not a file: .*\/kinds$/);
      assert.match(
        await cli.refusal('fs', 'mkdir', `${VOLUME}/kinds/a.txt`),
        /file already exists: .*\/kinds\/a\.txt$/,
      );
    });

    it('a path above a volume is refused with the form of a path', async () => {
      assert.match(
        await cli.refusal('fs', 'ls', 'dbfs:/Volumes/dev/default'),
        /\/Volumes\/<catalog>\/<schema>\/<volume>/,
      );
    });

    it('cp makes no folder of its own', async () => {
      assert.match(
        await cli.refusal('fs', 'cp', 'dir/a.txt', `${VOLUME}/not/made.txt`),
        /no such directory: .*\/cli\/not$/,
      );
    });
  });

  describe('workspace', () => {
    const folder = '/Workspace/Shared/cli';
    const objects = async (path: string) =>
      (await cli.json<{ path: string; object_type: string; language?: string }[]>('workspace', 'list', path)).map(
        ({ path: at, object_type, language }) => [at, object_type, language],
      );

    it('mkdirs, list and get-status', async () => {
      await cli.text('workspace', 'mkdirs', `${folder}/deep/er`);
      assert.deepEqual(await objects(folder), [[`${folder}/deep`, 'DIRECTORY', undefined]]);
      const status = await cli.json('workspace', 'get-status', `${folder}/deep/er`);
      assert.deepEqual([status.path, status.object_type], [`${folder}/deep/er`, 'DIRECTORY']);
      assert.match(
        await cli.text('workspace', 'list', folder),
        /^ID +Type +Language +Path\n\d+ +DIRECTORY +\/Workspace\/Shared\/cli\/deep\n$/,
      );
    });

    it('import writes files and notebooks, and what export reads is the same', async () => {
      await cli.text('workspace', 'mkdirs', `${folder}/import`);
      const at = (name: string) => `${folder}/import/${name}`;
      await cli.text(
        'workspace',
        'import',
        at('nb'),
        '--file',
        'dir/nb.py',
        '--language',
        'PYTHON',
        '--format',
        'SOURCE',
      );
      await cli.text('workspace', 'import', at('auto.py'), '--file', 'dir/nb.py', '--format', 'AUTO');
      await cli.text('workspace', 'import', at('raw.txt'), '--file', 'dir/a.txt', '--format', 'RAW');
      assert.deepEqual(await objects(`${folder}/import`), [
        [at('auto'), 'NOTEBOOK', 'PYTHON'],
        [at('nb'), 'NOTEBOOK', 'PYTHON'],
        [at('raw.txt'), 'FILE', undefined],
      ]);
      assert.equal(await cli.text('workspace', 'export', at('nb')), NOTEBOOK);
      await cli.text('workspace', 'export', at('raw.txt'), '--file', 'raw-back.txt');
      assert.equal(here('raw-back.txt'), 'one\n');
    });

    it('import overwrites only when asked', async () => {
      const at = `${folder}/once.txt`;
      await cli.text('workspace', 'mkdirs', folder);
      await cli.text('workspace', 'import', at, '--file', 'dir/a.txt', '--format', 'AUTO');
      const again = ['workspace', 'import', at, '--file', 'dir/deep/b c ü.txt', '--format', 'AUTO'];
      assert.equal(await cli.refusal(...again), `Error: Path (${at}) already exists.`);
      await cli.text(...again, '--overwrite');
      assert.equal(await cli.text('workspace', 'export', at), 'two ü');
    });

    it('import-dir and export-dir move a tree with its notebooks', async () => {
      const said = await cli.text('workspace', 'import-dir', 'dir', `${folder}/tree`);
      assert.match(said, new RegExp(`^nb\\.py -> ${folder}/tree/nb$`, 'm'));
      assert.deepEqual(await objects(`${folder}/tree`), [
        [`${folder}/tree/a.txt`, 'FILE', undefined],
        [`${folder}/tree/deep`, 'DIRECTORY', undefined],
        [`${folder}/tree/nb`, 'NOTEBOOK', 'PYTHON'],
      ]);
      await cli.text('workspace', 'export-dir', `${folder}/tree`, 'exported');
      assert.deepEqual(below('exported'), ['a.txt', 'deep/b c ü.txt', 'nb.py']);
      assert.deepEqual(
        below('exported').map((path) => here(`exported/${path}`)),
        ['one\n', 'two ü', NOTEBOOK],
      );
    });

    it('import-dir and export-dir move notebooks of Jupyter and SQL', async () => {
      const cell = { cell_type: 'code', metadata: {}, source: ['print(1)'] };
      const jupyter = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 4 });
      cli.write('forms/j.ipynb', jupyter);
      cli.write('forms/q.sql', '-- Databricks notebook source\nSELECT 1\n');
      await cli.text('workspace', 'import-dir', 'forms', `${folder}/forms`);
      assert.deepEqual(await objects(`${folder}/forms`), [
        [`${folder}/forms/j`, 'NOTEBOOK', 'PYTHON'],
        [`${folder}/forms/q`, 'NOTEBOOK', 'SQL'],
      ]);
      assert.equal(await cli.text('workspace', 'export', `${folder}/forms/j`), NOTEBOOK);
      assert.equal(await cli.text('workspace', 'export', `${folder}/forms/j`, '--format', 'JUPYTER'), jupyter);
      await cli.text('workspace', 'export-dir', `${folder}/forms`, 'forms-back');
      assert.deepEqual(below('forms-back'), ['j.py', 'q.sql']);
    });

    it('import-dir leaves what is there, and overwrites it when asked', async () => {
      cli.write('changing/x.txt', 'first');
      cli.write('changing/nb.py', NOTEBOOK);
      await cli.text('workspace', 'import-dir', 'changing', `${folder}/changing`);
      cli.write('changing/x.txt', 'second');
      const skipped = await cli.text('workspace', 'import-dir', 'changing', `${folder}/changing`);
      assert.equal(skipped.match(/\(skipped; already exists\)$/gm)?.length, 2, skipped);
      assert.equal(await cli.text('workspace', 'export', `${folder}/changing/x.txt`), 'first');
      await cli.text('workspace', 'import-dir', 'changing', `${folder}/changing`, '--overwrite');
      assert.equal(await cli.text('workspace', 'export', `${folder}/changing/x.txt`), 'second');
    });

    it('delete removes an object, and a full folder only with --recursive', async () => {
      await cli.text('workspace', 'import-dir', 'dir', `${folder}/removed`);
      await cli.text('workspace', 'delete', `${folder}/removed/nb`);
      assert.equal(
        await cli.refusal('workspace', 'get-status', `${folder}/removed/nb`),
        `Error: Path (${folder}/removed/nb) doesn't exist.`,
      );
      assert.equal(
        await cli.refusal('workspace', 'delete', `${folder}/removed`),
        `Error: Folder (${folder}/removed) is not empty.`,
      );
      await cli.text('workspace', 'delete', `${folder}/removed`, '--recursive');
      assert.match(await cli.refusal('workspace', 'list', `${folder}/removed`), /doesn't exist\.$/);
    });

    it('a format that is not there is refused by its name', async () => {
      await cli.text('workspace', 'import-dir', 'dir', `${folder}/formats`);
      assert.equal(
        await cli.refusal('workspace', 'export', `${folder}/formats/nb`, '--format', 'DBC'),
        'Error: The local workspace does not export the format DBC: an archive of Databricks; move each notebook as SOURCE or JUPYTER.',
      );
    });
  });
});
