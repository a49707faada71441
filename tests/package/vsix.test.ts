import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import JSZip from 'jszip';
import { type DeclaredTask, type Manifest, readManifest, readText, root, taskFolders } from '../support/declared';

/** Builds a package from dist/tasks into a folder of its own and opens it. */
async function packaged(...options: string[]): Promise<{ name: string; zip: JSZip }> {
  const output = mkdtempSync(join(tmpdir(), 'databricks-mlops-vsix-'));
  try {
    const made = spawnSync(process.execPath, ['scripts/package.mjs', '--output', output, ...options], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, `${made.stdout}${made.stderr}`);
    const [name = ''] = readdirSync(output).filter((file) => file.endsWith('.vsix'));
    return { name, zip: await JSZip.loadAsync(readFileSync(join(output, name))) };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function filesOf(zip: JSZip): string[] {
  return Object.values(zip.files)
    .filter((file) => !file.dir)
    .map((file) => file.name)
    .sort();
}

async function jsonIn<T>(zip: JSZip, path: string): Promise<T> {
  return JSON.parse((await zip.file(path)?.async('string')) ?? '') as T;
}

describe('package', () => {
  before(() => {
    assert.ok(existsSync(join(root, 'dist', 'tasks')), 'dist/tasks is missing: run "npm run build" first');
  });

  it('has current third-party notices (npm run notices)', () => {
    const checked = spawnSync(process.execPath, ['scripts/notices.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  });

  it('holds exactly the files of the snapshot (npm run package -- --update-snapshot)', async () => {
    const { name, zip } = await packaged();
    assert.equal(name, `${readManifest().publisher}.azure-databricks-mlops-${readManifest().version}.vsix`);
    assert.deepEqual(filesOf(zip), readText('tests', 'package', 'vsix-files.txt').trimEnd().split('\n'));
  });

  it('holds the bundle, the icon and the task.json of every task, and no source', async () => {
    const { zip } = await packaged();
    const files = filesOf(zip);
    for (const task of taskFolders()) {
      for (const file of ['main.js', 'task.json', 'icon.png']) {
        assert.ok(files.includes(`tasks/${task}/${file}`), `tasks/${task}/${file}`);
      }
    }
    assert.deepEqual(
      files.filter((file) => /\.(ts|map|mjs|svg)$|node_modules|tests?\//.test(file)),
      [],
    );
  });

  it('installs beside the release as development variant', async () => {
    const { zip } = await packaged('--development');
    const contributed = await jsonIn<Manifest>(zip, 'extension.vsomanifest');
    const types = contributed.contributions.filter((contribution) =>
      contribution.type.endsWith('service-endpoint-type'),
    );
    assert.deepEqual(
      types.map((contribution) => contribution.properties.name),
      ['databricks-mlops-dev'],
    );
    for (const name of taskFolders()) {
      const task = await jsonIn<DeclaredTask>(zip, `tasks/${name}/task.json`);
      assert.equal(task.name, `${name}-dev`);
    }
  });

  it('is refused when tfx only warns about a task.json', () => {
    const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-tasks-'));
    cpSync(join(root, 'dist', 'tasks'), folder, { recursive: true });
    const path = join(folder, 'DatabricksRunWorkflow', 'task.json');
    const { instanceNameFormat, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as DeclaredTask;
    assert.notEqual(instanceNameFormat, undefined);
    writeFileSync(path, JSON.stringify(rest));
    const made = spawnSync(
      process.execPath,
      ['scripts/package.mjs', '--tasks', folder, '--output', join(folder, 'out')],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    rmSync(folder, { recursive: true, force: true });
    assert.equal(made.status, 1);
    assert.match(made.stderr, /tfx does not accept the package[\s\S]*instanceNameFormat/);
  });

  it('carries the publisher and the links of who releases it', async () => {
    const { name, zip } = await packaged('--publisher', 'contoso', '--repository', 'https://example.com/mlops');
    assert.match(name, /^contoso\./);
    const manifest = (await zip.file('extension.vsixmanifest')?.async('string')) ?? '';
    assert.match(manifest, /Publisher="contoso"/);
    assert.match(manifest, /https:\/\/example\.com\/mlops\/issues/);
  });
});
