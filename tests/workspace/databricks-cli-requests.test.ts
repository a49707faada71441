import assert from 'node:assert/strict';
import { send, startTestWorkspace, type TestReply, type TestWorkspace } from '../support/local-workspace';

/**
 * Requests in the form in which the Databricks CLI sends them, and the parts of the answers by which it decides (`libs/filer` of its public
 * sources): a path goes as one escaped segment, a conflict is told by status and code, the kind of a notebook by `repos_export_format`.
 */
describe('requests as the Databricks CLI sends them', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
    await workspace.call('POST', '/api/2.1/unity-catalog/volumes', {
      catalog_name: 'dev',
      schema_name: 'default',
      name: 'cli',
      volume_type: 'MANAGED',
    });
  });
  after(() => workspace.stop());

  /** A whole path as one segment: `url.PathEscape` escapes its slashes too. */
  const escaped = (path: string) => encodeURIComponent(path.replace(/^\/+/, ''));
  const raw = (method: string, path: string, body?: string): Promise<TestReply> =>
    send(
      workspace.url + path,
      method,
      { authorization: `Bearer ${workspace.token}`, 'content-type': 'application/octet-stream' },
      body,
    );
  const importFile = (path: string, body: string, overwrite: boolean) =>
    raw('POST', `/api/2.0/workspace-files/import-file/${escaped(path)}?overwrite=${overwrite}`, body);
  const volumeFile = (path: string) => `/api/2.0/fs/files/${escaped(`/Volumes/dev/default/cli/${path}`)}`;
  const volumeFolder = (path: string) => `/api/2.0/fs/directories/Volumes/dev/default/cli/${path}`;
  const status = (path: string) =>
    workspace.call('GET', `/api/2.0/workspace/get-status?path=${encodeURIComponent(path)}&return_export_info=true`);

  describe('workspace import-dir and export-dir', () => {
    it('are told by 404 that a folder is missing, make it and write again', async () => {
      const path = '/Workspace/Shared/cli/deep/a b+ü.txt';
      assert.equal((await importFile(path, 'one', false)).status, 404);
      assert.equal(
        (await workspace.call('POST', '/api/2.0/workspace/mkdirs', { path: '/Workspace/Shared/cli/deep' })).status,
        200,
      );
      assert.equal((await importFile(path, 'one', false)).status, 200);
      const back = await raw(
        'GET',
        `/api/2.0/workspace/export?path=${encodeURIComponent(path)}&direct_download=true&format=AUTO`,
      );
      assert.deepEqual([back.status, back.text], [200, 'one']);
    });

    it('are told by 409 that a file is there, and by 400 and its path that a notebook is', async () => {
      const file = '/Workspace/Shared/taken.txt';
      const notebook = '/Workspace/Shared/taken.py';
      const source = '# Databricks notebook source\nprint(1)\n';
      await importFile(file, 'one', true);
      await importFile(notebook, source, true);
      assert.equal((await importFile(file, 'two', false)).status, 409);
      const taken = await importFile(notebook, source, false);
      assert.equal(taken.status, 400);
      assert.match(String(taken.json.message), /^Path \(\/Workspace\/Shared\/taken\) already exists\.$/);
    });

    it('learn the format of a notebook, and nothing of the kind for files and folders', async () => {
      await importFile('/Workspace/Shared/nb.py', '# Databricks notebook source\n', true);
      await importFile('/Workspace/Shared/plain.py', 'print(1)\n', true);
      const notebook = await status('/Workspace/Shared/nb');
      assert.deepEqual(
        [notebook.json.object_type, notebook.json.language, notebook.json.repos_export_format],
        ['NOTEBOOK', 'PYTHON', 'SOURCE'],
      );
      for (const path of ['/Workspace/Shared/plain.py', '/Workspace/Shared']) {
        assert.equal((await status(path)).json.repos_export_format, undefined);
      }
      const plain = await workspace.call('GET', '/api/2.0/workspace/get-status?path=/Workspace/Shared/nb');
      assert.equal(plain.json.repos_export_format, undefined, 'only who asks is told');
    });

    it('tell a file from a folder by the list of itself, and find nothing by 404', async () => {
      await importFile('/Workspace/Shared/alone.txt', 'x', true);
      const list = (path: string) =>
        workspace.call<{ objects?: { path: string }[] }>('GET', `/api/2.0/workspace/list?path=${path}`);
      assert.deepEqual(
        (await list('/Workspace/Shared/alone.txt')).json.objects?.map(({ path }) => path),
        ['/Workspace/Shared/alone.txt'],
      );
      assert.equal((await list('/Workspace/Shared/none')).status, 404);
      assert.equal((await status('/Workspace/Shared/none')).status, 404);
    });

    it('delete no full folder unless asked', async () => {
      const remove = (recursive: boolean) =>
        workspace.call('POST', '/api/2.0/workspace/delete', { path: '/Workspace/Shared/cli', recursive });
      const refused = await remove(false);
      assert.deepEqual([refused.status, refused.json.error_code], [400, 'DIRECTORY_NOT_EMPTY']);
      assert.equal((await remove(true)).status, 200);
      assert.equal((await remove(true)).status, 404);
    });

    it('climb nowhere by an escaped path', async () => {
      for (const path of ['/Workspace/../../etc/passwd', '/Workspace/Shared/../../x', '../x']) {
        assert.equal((await importFile(path, 'x', true)).status, 400, path);
        assert.equal(
          (await raw('PUT', `/api/2.0/fs/files/${escaped(`Volumes/dev/default/cli/${path}`)}`, 'x')).status,
          400,
        );
      }
    });
  });

  describe('fs', () => {
    it('cp writes once, and is told by 409 and ALREADY_EXISTS that a file is there', async () => {
      assert.equal((await raw('HEAD', volumeFolder(''))).status, 200);
      assert.equal((await raw('PUT', `${volumeFile('a b.txt')}?overwrite=false`, 'one')).status, 204);
      const again = await raw('PUT', `${volumeFile('a b.txt')}?overwrite=false`, 'two');
      assert.deepEqual([again.status, again.json.error_code], [409, 'ALREADY_EXISTS']);
      assert.equal((await raw('PUT', `${volumeFile('a b.txt')}?overwrite=true`, 'three')).status, 204);
      assert.equal((await raw('GET', volumeFile('a b.txt'))).text, 'three');
    });

    it('mkdir makes a folder twice, and is told by 409 that a file is in the way', async () => {
      for (const _time of [1, 2]) {
        assert.equal((await raw('PUT', volumeFolder('made/deep'))).status, 204);
      }
      await raw('PUT', volumeFile('in-the-way'), 'x');
      for (const path of ['in-the-way', 'in-the-way/below']) {
        const refused = await raw('PUT', volumeFolder(path));
        assert.deepEqual([refused.status, refused.json.error_code], [409, 'ALREADY_EXISTS'], path);
      }
    });

    it('rm is told why a folder stays by the reason in the details', async () => {
      await raw('PUT', volumeFile('full/x.txt'), 'x');
      const refused = await raw('DELETE', volumeFolder('full'));
      assert.equal(refused.status, 400);
      assert.deepEqual(
        (refused.json.details as { reason: string }[]).map(({ reason }) => reason),
        ['FILES_API_DIRECTORY_IS_NOT_EMPTY'],
      );
      assert.equal((await raw('DELETE', volumeFile('full/x.txt'))).status, 204);
      assert.equal((await raw('DELETE', volumeFolder('full'))).status, 204);
    });

    it('ls and cat tell a file from a folder by the two HEAD requests', async () => {
      await raw('PUT', volumeFile('kinds/x.txt'), 'x');
      assert.equal((await raw('GET', volumeFile('kinds'))).status, 404);
      assert.equal((await raw('HEAD', volumeFolder('kinds'))).status, 200);
      assert.equal((await raw('GET', volumeFolder('kinds/x.txt'))).status, 404);
      assert.equal((await raw('HEAD', volumeFile('kinds/x.txt'))).status, 200);
    });
  });
});
