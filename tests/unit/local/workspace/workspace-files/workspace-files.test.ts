import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { canonicalPath } from '../../../../../local/workspace/workspace-files/paths';
import { rawStatus, startTestWorkspace, type TestReply, type TestWorkspace } from '../../../../support/local-workspace';

const api = '/api/2.0/workspace';

interface ObjectReply {
  readonly object_type: string;
  readonly path: string;
  readonly language?: string;
  readonly size?: number;
}

describe('workspace files', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await startTestWorkspace();
  });
  afterEach(() => workspace.stop());

  function importFile(at: string, text: string, overwrite = false): Promise<TestReply> {
    return workspace.call('POST', `/api/2.0/workspace-files/import-file${at}?overwrite=${overwrite}`, text);
  }

  function status(at: string): Promise<TestReply<ObjectReply>> {
    return workspace.call<ObjectReply>(
      'GET',
      `${api}/get-status?path=${encodeURIComponent(at)}&return_export_info=true`,
    );
  }

  async function download(at: string): Promise<string> {
    return (await workspace.call('GET', `${api}/export?path=${encodeURIComponent(at)}&direct_download=true`)).text;
  }

  it('let exactly one of many writers create a file without overwrite', async () => {
    await workspace.call('POST', `${api}/mkdirs`, { path: '/Workspace/Shared/state' });
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) => importFile('/Workspace/Shared/state/deploy.lock', `writer ${index}`)),
    );
    const winners = replies.flatMap((reply, index) => (reply.status === 200 ? [index] : []));
    assert.equal(winners.length, 1);
    for (const reply of replies.filter((candidate) => candidate.status !== 200)) {
      assert.equal(reply.status, 409);
      assert.equal(reply.json.message, 'File already exists at (/Workspace/Shared/state/deploy.lock).');
    }
    assert.equal(await download('/Shared/state/deploy.lock'), `writer ${winners[0]}`);
    assert.equal((await importFile('/Shared/state/deploy.lock', 'new', true)).status, 200);
    assert.equal(await download('/Workspace/Shared/state/deploy.lock'), 'new');
  });

  it('refuse names and paths that no disk and no store can hold', async () => {
    for (const at of [`/Shared/${'x'.repeat(256)}`, `/${Array(200).fill('folder').join('/')}`]) {
      for (const reply of [await importFile(at, 'text'), await workspace.call('POST', `${api}/mkdirs`, { path: at })]) {
        assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
        assert.match(String(reply.json.message), /too long/);
      }
    }
    assert.equal((await importFile(`/Shared/${'x'.repeat(255)}`, 'text')).status, 200);
  });

  it('are real files, with or without /Workspace in front', async () => {
    await importFile('/Shared/a b.txt', 'text');
    assert.equal(readFileSync(path.join(workspace.data, 'workspaces/local/files/Shared/a b.txt'), 'utf8'), 'text');
    assert.equal((await status('/Workspace/Shared/a b.txt')).json.path, '/Workspace/Shared/a b.txt');
    const plain = await status('/Shared/a b.txt');
    assert.deepEqual([plain.json.object_type, plain.json.path, plain.json.size], ['FILE', '/Shared/a b.txt', 4]);
  });

  it('turn an uploaded .py with the marker into a notebook without the extension', async () => {
    const source = '# Databricks notebook source\nprint(1)\n';
    await importFile('/Shared/train.py', source);
    const found = await status('/Shared/train');
    assert.deepEqual([found.json.object_type, found.json.language], ['NOTEBOOK', 'PYTHON']);
    assert.equal((await status('/Shared/train.py')).status, 404);
    const exported = await workspace.call<{ content: string; file_type: string }>(
      'GET',
      `${api}/export?path=/Shared/train&format=SOURCE`,
    );
    assert.deepEqual(
      [Buffer.from(exported.json.content, 'base64').toString(), exported.json.file_type],
      [source, 'py'],
    );
  });

  it('import by format: SOURCE is a notebook, AUTO decides, RAW is a file', async () => {
    const content = Buffer.from('print(1)\n').toString('base64');
    const put = (body: Record<string, unknown>) => workspace.call('POST', `${api}/import`, body);
    await put({ path: '/Shared/n', format: 'SOURCE', language: 'PYTHON', content });
    await put({ path: '/Shared/f.py', format: 'AUTO', content });
    await put({ path: '/Shared/r', format: 'RAW', content });
    const types = await Promise.all(
      ['n', 'f.py', 'r'].map(async (name) => (await status(`/Shared/${name}`)).json.object_type),
    );
    assert.deepEqual(types, ['NOTEBOOK', 'FILE', 'FILE']);
    assert.equal(await download('/Shared/n'), '# Databricks notebook source\nprint(1)\n');
    const again = await put({ path: '/Shared/n', format: 'SOURCE', language: 'PYTHON', content });
    assert.deepEqual([again.status, again.json.error_code], [400, 'RESOURCE_ALREADY_EXISTS']);
    assert.equal(
      (await put({ path: '/Shared/n', format: 'SOURCE', language: 'PYTHON', content, overwrite: true })).status,
      200,
    );
    assert.equal((await put({ path: '/Shared/d', format: 'DBC', content })).status, 501);
    assert.equal((await put({ path: '/Shared/d', format: 'SOURCE', content })).status, 400);
  });

  it('import multipart uploads', async () => {
    const form = new FormData();
    form.set('path', '/Shared/form.bin');
    form.set('format', 'AUTO');
    form.set('overwrite', 'true');
    form.set('content', new Blob([new Uint8Array([0, 255, 10])]));
    const reply = await fetch(`${workspace.url}${api}/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.token}` },
      body: form,
    });
    assert.equal(reply.status, 200);
    const kept = readFileSync(path.join(workspace.data, 'workspaces/local/files/Shared/form.bin'));
    assert.deepEqual([...kept], [0, 255, 10]);
    const broken = await workspace.call('POST', `${api}/import`, 'x', {
      'content-type': 'multipart/form-data; boundary=y',
    });
    assert.equal(broken.json.error_code, 'MALFORMED_REQUEST');
  });

  it('make, list and delete folders', async () => {
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await workspace.call('POST', `${api}/mkdirs`, { path: '/Shared/a/b' })).status, 200);
    }
    await importFile('/Shared/a/f.txt', '1');
    const listed = await workspace.call<{ objects: ObjectReply[] }>('GET', `${api}/list?path=/Workspace/Shared/a`);
    assert.deepEqual(
      listed.json.objects.map((object) => [object.object_type, object.path]),
      [
        ['DIRECTORY', '/Workspace/Shared/a/b'],
        ['FILE', '/Workspace/Shared/a/f.txt'],
      ],
    );
    assert.deepEqual((await workspace.call('GET', `${api}/list?path=/Shared/a/b`)).json, {});
    const full = await workspace.call('POST', `${api}/delete`, { path: '/Shared/a' });
    assert.deepEqual([full.status, full.json.error_code], [400, 'DIRECTORY_NOT_EMPTY']);
    assert.equal((await workspace.call('POST', `${api}/delete`, { path: '/Shared/a', recursive: true })).status, 200);
    const gone = await status('/Shared/a');
    assert.deepEqual(
      [gone.status, gone.json],
      [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "Path (/Shared/a) doesn't exist." }],
    );
    assert.equal((await workspace.call('POST', `${api}/delete`, { path: '/', recursive: true })).status, 400);
  });

  it('refuse a missing parent, a file in the way, and a folder at the path', async () => {
    assert.equal((await importFile('/Shared/none/f.txt', '1')).status, 404);
    await importFile('/Shared/f', '1');
    assert.equal(
      (await workspace.call('POST', `${api}/mkdirs`, { path: '/Shared/f/g' })).json.error_code,
      'RESOURCE_ALREADY_EXISTS',
    );
    await workspace.call('POST', `${api}/mkdirs`, { path: '/Shared/folder' });
    assert.equal((await importFile('/Shared/folder', '1', true)).json.error_code, 'RESOURCE_ALREADY_EXISTS');
  });

  it('never lead out of their folder', async () => {
    for (const bad of ['/Shared/../../x', '/..', '/a/./b', 'relative', '/a/\0']) {
      assert.throws(() => canonicalPath(bad), { errorCode: 'INVALID_PARAMETER_VALUE' }, bad);
    }
    const authorization = `Bearer ${workspace.token}`;
    assert.equal(
      await rawStatus(workspace.url, `${api}/export?path=/Shared/..%2F..%2Fmetadata`, { authorization }),
      400,
    );
    symlinkSync('/etc/hostname', path.join(workspace.data, 'workspaces/local/files/Shared/link'));
    assert.equal((await status('/Shared/link')).status, 404);
    symlinkSync('/etc', path.join(workspace.data, 'workspaces/local/files/Shared/folder'));
    assert.equal((await status('/Shared/folder/hostname')).status, 404);
    assert.equal((await importFile('/Shared/folder/made-by-test', '1', true)).status, 403);
    assert.equal((await workspace.call('POST', `${api}/mkdirs`, { path: '/Shared/folder/made' })).status, 403);
  });
});
