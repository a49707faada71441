import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { outputOf, systemPython, untilRun, upload } from '../../../../support/jobs';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { ADA, CI, EVE, startWithPrincipals } from '../../../../support/principals';

const ROOT = '/Volumes/dev/default/files';

describe('folders that job code finds mounted', () => {
  let workspace: TestWorkspace;
  let scripts = 0;

  before(async () => {
    ({ workspace } = await startWithPrincipals({ python: systemPython() }));
    for (const name of ['files', 'others']) {
      const volume = { catalog_name: 'dev', schema_name: 'default', name, volume_type: 'MANAGED' };
      await ok('POST', '/api/2.1/unity-catalog/volumes', volume);
    }
    const changes = [{ principal: CI, add: ['READ_VOLUME', 'WRITE_VOLUME'] }];
    await ok('PATCH', '/api/2.1/unity-catalog/permissions/volume/dev.default.files', { changes });
  });
  after(() => workspace?.stop());

  async function ok(method: string, path: string, body?: unknown) {
    const reply = await workspace.call(method, path, body);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`);
    return reply;
  }

  /** What a script prints that runs as somebody, and the error that ended it. */
  async function ran(
    code: string,
    who?: string,
  ): Promise<{ readonly logs: readonly string[]; readonly error: string }> {
    scripts += 1;
    const file = `/Shared/mounted/script-${scripts}.py`;
    await upload(workspace, file, code);
    const { json } = await workspace.call<{ run_id: string }>('POST', '/api/2.2/jobs/runs/submit', {
      tasks: [{ task_key: 't', spark_python_task: { python_file: file } }],
      ...(who === undefined
        ? {}
        : { run_as: who.includes('@') ? { user_name: who } : { service_principal_name: who } }),
    });
    const output = await outputOf(workspace, await untilRun(workspace, json.run_id));
    return { logs: (output.logs ?? '').split('\n').filter((line) => line !== ''), error: output.error ?? '' };
  }

  it('keep what plain functions write where the Files API reads it', async () => {
    const code = `import os, pathlib, shutil, glob, subprocess, sys
os.makedirs('${ROOT}/results/deep', exist_ok=True)
with open('${ROOT}/results/junit.xml', 'w') as file:
    file.write('<testsuite/>')
pathlib.Path('${ROOT}/results/deep/é.txt').write_text('path')
shutil.copy('${ROOT}/results/junit.xml', b'${ROOT}/copy.xml'.decode())
os.replace('${ROOT}/copy.xml', '${ROOT}/results/moved.xml')
print(sorted(os.listdir('${ROOT}/results')))
print([(folder, sorted(files)) for folder, _, files in os.walk('${ROOT}')])
print(sorted(glob.glob('${ROOT}/**/*.xml', recursive=True)))
print(sorted(str(path) for path in pathlib.Path('${ROOT}').rglob('*.txt')))
print(os.path.exists('${ROOT}/none'), os.path.isdir('${ROOT}'), os.access('${ROOT}', os.W_OK), os.path.isdir('/Volumes/dev'))
print(subprocess.run([sys.executable, '-c', "print(open('${ROOT}/results/junit.xml').read())"], capture_output=True, text=True).stdout)
os.makedirs('${ROOT}/gone/deep')
shutil.rmtree('${ROOT}/gone')
print(os.path.exists('${ROOT}/gone'))
`;
    const { logs, error } = await ran(code);
    assert.equal(error, '');
    assert.deepEqual(logs, [
      "['deep', 'junit.xml', 'moved.xml']",
      `[('${ROOT}', []), ('${ROOT}/results', ['junit.xml', 'moved.xml']), ('${ROOT}/results/deep', ['é.txt'])]`,
      `['${ROOT}/results/junit.xml', '${ROOT}/results/moved.xml']`,
      `['${ROOT}/results/deep/é.txt']`,
      'False True True True',
      '<testsuite/>',
      'False',
    ]);
    assert.equal((await ok('GET', `/api/2.0/fs/files${ROOT}/results/junit.xml`)).text, '<testsuite/>');
    assert.equal(existsSync(ROOT), false, 'nothing is written into the root of the machine');
  });

  it('let modules be imported from them', async () => {
    await ok('PUT', `/api/2.0/fs/files${ROOT}/lib/beside.py?overwrite=true`, 'NAME = "from the volume"');
    const { logs } = await ran(`import sys\nsys.path.append('${ROOT}/lib')\nimport beside\nprint(beside.NAME)\n`);
    assert.deepEqual(logs, ['from the volume']);
  });

  it('ask for the rights of whom the run runs as', async () => {
    await ok('PUT', `/api/2.0/fs/files${ROOT}/seen.txt?overwrite=true`, 'seen');
    const reading = `print(open('${ROOT}/seen.txt').read())\n`;
    const writing = `open('${ROOT}/written.txt', 'w').write('x')\nprint('written')\n`;
    assert.deepEqual((await ran(reading + writing, CI)).logs, ['seen', 'written']);
    const refused = await ran(reading + writing, ADA);
    assert.equal(refused.logs[0], 'seen');
    assert.equal(
      refused.error,
      `PermissionError: [Errno 13] Permission denied (User does not have WRITE VOLUME on Volume 'dev.default.files'): '${ROOT}/written.txt'`,
    );
    assert.match((await ran(reading, EVE)).error, /^PermissionError: .*USE CATALOG on Catalog 'dev'.*seen\.txt'$/);
    assert.match(
      (await ran(`import os\nos.remove('${ROOT}/seen.txt')`, ADA)).error,
      /^PermissionError: .*WRITE VOLUME/,
    );
  });

  it('have nothing where there is no volume, no file, and above volumes', async () => {
    const cases: readonly (readonly [code: string, error: RegExp])[] = [
      [`open('/Volumes/dev/default/none/x', 'w')`, /^FileNotFoundError: .*Volume 'dev\.default\.none' does not exist/],
      [
        `os.makedirs('/Volumes/dev/default/none/x')`,
        /^FileNotFoundError: .*Volume 'dev\.default\.none' does not exist/,
      ],
      [
        `open('${ROOT}/none.txt')`,
        /^FileNotFoundError: \[Errno 2\] No such file or directory: '\/Volumes\/dev.*none\.txt'$/,
      ],
      [`open('${ROOT}/../none/x')`, /^FileNotFoundError: .*Volume 'dev\.default\.none' does not exist/],
      [`open('/Volumes/dev/x', 'w')`, /^PermissionError: .*Files lie in volumes/],
      [`os.rename('${ROOT}', '/tmp/x')`, /^PermissionError: .*by Unity Catalog alone/],
      [`open('/dbfs/tmp/x', 'w')`, /^PermissionError: .*has no DBFS/],
      [`open('/dbfs/tmp/x')`, /^FileNotFoundError/],
    ];
    for (const [code, error] of cases) {
      assert.match((await ran(`import os\n${code}\n`)).error, error, code);
    }
  });

  it('show workspace files to who may read them, and take none', async () => {
    await upload(workspace, '/Shared/mounted/data.txt', 'of the workspace');
    const reading = `print(open('/Workspace/Shared/mounted/data.txt').read())`;
    assert.deepEqual((await ran(reading, ADA)).logs, ['of the workspace']);
    await upload(workspace, `/Users/${EVE}/own.txt`, 'of Eve');
    assert.match(
      (await ran(`open('/Workspace/Users/${EVE}/own.txt')`, ADA)).error,
      /^PermissionError: .*View permissions/,
    );
    assert.match(
      (await ran(`open('/Workspace/Shared/x', 'w')`)).error,
      /^PermissionError: .*below \/Workspace; write to a volume/,
    );
  });

  it('are refused where they cannot be shown, never sought in the root of the machine', async () => {
    const cases: readonly (readonly [code: string, error: RegExp])[] = [
      [`subprocess.run(['cp', '/etc/hostname', '${ROOT}/x'])`, /^OSError: .*to Python alone, not to 'cp'/],
      [`os.system('touch ${ROOT}/x')`, /^OSError: .*to Python alone/],
      [`subprocess.run('touch ${ROOT}/x', shell=True)`, /^OSError: .*to Python alone/],
      [`subprocess.run([sys.executable, '-c', ''], cwd='${ROOT}')`, /^OSError: .*the folder that a program starts in/],
      [`sqlite3.connect('${ROOT}/x.db')`, /^OSError: .*not to this call; copy the file to a temporary folder/],
      [`io.FileIO('${ROOT}/x', 'w')`, /^OSError: .*not to this call/],
    ];
    for (const [code, error] of cases) {
      assert.match((await ran(`import io, os, sqlite3, subprocess, sys\n${code}\n`)).error, error, code);
    }
  });
});
