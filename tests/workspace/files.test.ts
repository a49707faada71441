import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { rawStatus, startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const FILES = '/api/2.0/fs/files/Volumes/dev/default/evidence';
const FOLDERS = '/api/2.0/fs/directories/Volumes/dev/default/evidence';

describe('the Files API of a local workspace', () => {
  let workspace: TestWorkspace;
  const defects: unknown[] = [];

  before(async () => {
    workspace = await startTestWorkspace({ onDefect: (error) => defects.push(error) });
    const volume = { catalog_name: 'dev', schema_name: 'default', name: 'evidence', volume_type: 'MANAGED' };
    assert.equal((await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume)).status, 200);
  });

  after(() => workspace.stop());

  it('gives back the bytes that it got, whole and in part', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256);
    assert.equal((await workspace.call('PUT', `${FILES}/deep/er/data.bin`, bytes)).status, 204);
    const whole = await fetchBytes(`${FILES}/deep/er/data.bin`);
    assert.deepEqual(whole.bytes, bytes);
    assert.equal(whole.headers.get('content-length'), '70000');
    const part = await fetchBytes(`${FILES}/deep/er/data.bin`, { range: 'bytes=69990-' });
    assert.equal(part.status, 206);
    assert.deepEqual(part.bytes, bytes.slice(69_990));
    assert.equal(part.headers.get('content-range'), 'bytes 69990-69999/70000');
    assert.equal((await fetchBytes(`${FILES}/deep/er/data.bin`, { range: 'bytes=70000-' })).status, 416);
    const head = await workspace.call('HEAD', `${FILES}/deep/er/data.bin`);
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '70000']);
  });

  it('overwrites only when asked, and of two at once without it lets one win', async () => {
    const put = (text: string, query = '') => workspace.call('PUT', `${FILES}/once.txt${query}`, text);
    const statuses = (await Promise.all([put('a'), put('b'), put('c')])).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [204, 409, 409]);
    assert.equal((await put('d')).json.error_code, 'ALREADY_EXISTS');
    assert.equal((await put('e', '?overwrite=true')).status, 204);
    assert.equal((await workspace.call('GET', `${FILES}/once.txt`)).text, 'e');
  });

  it('tells a client that sends all before it listens why a large upload is refused', async () => {
    const large = 8 * 1024 * 1024;
    await workspace.call('PUT', `${FILES}/large.bin`, 'there already');
    const headers = { authorization: `Bearer ${workspace.token}` };
    const refusals: [method: string, path: string, headers: Record<string, string>, bytes: number, status: number][] = [
      ['PUT', `${FILES}/large.bin`, headers, large, 409],
      ['PUT', `${FILES}/large.bin`, {}, large, 401],
      ['PUT', '/api/2.0/fs/files/Volumes/dev/default/none/x', headers, large, 404],
      ['PUT', '/api/2.0/none', headers, large, 501],
      ['POST', '/api/2.0/workspace-files/import-file/Shared/x', headers, 101 * 1024 * 1024, 413],
    ];
    for (const [method, path, sent, bytes, status] of refusals) {
      assert.equal(await statusAfterSendingAll(workspace.url, method, path, sent, bytes), status, path);
    }
    assert.equal((await workspace.call('GET', `${FILES}/large.bin`)).text, 'there already');
  });

  it('shows nothing of an upload that broke off', async () => {
    await new Promise<void>((resolve) => {
      const upload = request(`${workspace.url}${FILES}/broken.bin`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${workspace.token}`, 'content-length': '1000' },
      });
      upload.on('error', () => resolve());
      upload.write('half', () => upload.destroy(new Error('gone')));
    });
    assert.equal((await workspace.call('GET', `${FILES}/broken.bin`)).status, 404);
  });

  it('lists in pages, with sizes and folders', async () => {
    for (const name of ['b.txt', 'a.txt', 'c.txt']) {
      await workspace.call('PUT', `${FILES}/list/${name}`, name);
    }
    assert.equal((await workspace.call('PUT', `${FOLDERS}/list/sub`)).status, 204);
    type Listing = { contents: Record<string, unknown>[]; next_page_token?: string };
    const first = await workspace.call<Listing>('GET', `${FOLDERS}/list?page_size=3`);
    const token = first.json.next_page_token;
    assert.deepEqual(
      first.json.contents.map(({ name, file_size }) => [name, file_size]),
      [
        ['a.txt', 5],
        ['b.txt', 5],
        ['c.txt', 5],
      ],
    );
    const second = await workspace.call<Listing>('GET', `${FOLDERS}/list?page_size=3&page_token=${token}`);
    assert.deepEqual(
      second.json.contents.map(({ path, is_directory }) => [path, is_directory]),
      [['/Volumes/dev/default/evidence/list/sub', true]],
    );
    assert.equal(second.json.next_page_token, undefined);
  });

  it('shows a volume without files as an empty folder', async () => {
    const volume = { catalog_name: 'dev', schema_name: 'default', name: 'empty', volume_type: 'MANAGED' };
    await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume);
    const root = '/api/2.0/fs/directories/Volumes/dev/default/empty';
    const listed = await workspace.call('GET', root);
    assert.deepEqual([listed.status, listed.json], [200, {}]);
    assert.equal((await workspace.call('HEAD', root)).status, 200);
    assert.equal((await workspace.call('GET', `${root}/below`)).status, 404);
  });

  it('deletes files, and folders only when they are empty', async () => {
    await workspace.call('PUT', `${FILES}/bin/x`, 'x');
    const full = await workspace.call('DELETE', `${FOLDERS}/bin`);
    assert.deepEqual([full.status, full.json.error_code], [400, 'DIRECTORY_NOT_EMPTY']);
    assert.equal((await workspace.call('DELETE', `${FILES}/bin/x`)).status, 204);
    assert.equal((await workspace.call('DELETE', `${FILES}/bin/x`)).status, 404);
    assert.equal((await workspace.call('DELETE', `${FOLDERS}/bin`)).status, 204);
    assert.equal((await workspace.call('HEAD', `${FOLDERS}/bin`)).status, 404);
  });

  it('reaches nothing outside of a volume, by no spelling', async () => {
    const headers = { authorization: `Bearer ${workspace.token}` };
    const spellings = [
      '../../../../metadata/data.mdb',
      '..%2f..%2f..%2f..%2fmetadata%2fdata.mdb',
      '%2e%2e/%2e%2e/%2e%2e/x',
      '..%5c..%5cx',
      'a/..%2f..%2fx',
      'a%00b',
      '%2fetc%2fpasswd',
      './x',
      'a//b',
    ];
    for (const spelling of spellings) {
      const status = await rawStatus(workspace.url, `${FILES}/${spelling}`, headers);
      assert.ok(status === 400 || status === 404, `${spelling} answers ${status}`);
    }
    for (const path of [
      '/etc/passwd',
      '/Volumes/../x',
      '/Volumes/dev/default',
      '/Models/dev/default/none/1/x',
      '/WorkspaceInternal/x',
    ]) {
      const status = await rawStatus(workspace.url, `/api/2.0/fs/files${path}`, headers);
      assert.ok(status === 400 || status === 404, `${path} answers ${status}`);
    }
  });

  it('wants the volume to exist', async () => {
    const { status, json } = await workspace.call('PUT', '/api/2.0/fs/files/Volumes/dev/default/none/x', 'x');
    assert.deepEqual([status, json.message], [404, "Volume 'dev.default.none' does not exist."]);
  });

  it('changes no file of a READY model version', async () => {
    const mlflow = '/api/2.0/mlflow/unity-catalog';
    await workspace.call('POST', `${mlflow}/registered-models/create`, { name: 'dev.default.fixed' });
    await workspace.call('POST', `${mlflow}/model-versions/create`, { name: 'dev.default.fixed', source: 's' });
    const file = '/api/2.0/fs/files/Models/dev/default/fixed/1/MLmodel';
    assert.equal((await workspace.call('PUT', file, 'a')).status, 204);
    await workspace.call('POST', `${mlflow}/model-versions/finalize`, { name: 'dev.default.fixed', version: '1' });
    for (const method of ['PUT', 'DELETE']) {
      const { status, json } = await workspace.call(method, `${file}?overwrite=true`);
      assert.deepEqual([status, json.error_code], [403, 'PERMISSION_DENIED']);
    }
    assert.equal((await workspace.call('GET', file)).text, 'a');
  });

  it('leaves no unfinished upload behind and takes nothing of this for a defect of its own', () => {
    assert.deepEqual(defects, []);
    const uploads = join(workspace.data, 'metastore', 'uploads', workspace.id);
    assert.deepEqual(readdirSync(uploads), []);
  });

  it('removes at its start what a killed process left of uploads', async () => {
    const left = join(workspace.data, 'metastore', 'uploads', workspace.id, 'half');
    writeFileSync(left, 'half of something');
    await workspace.stop('keep');
    workspace = await startTestWorkspace({ data: workspace.data });
    assert.equal(existsSync(left), false);
    assert.equal((await workspace.call('GET', `${FILES}/once.txt`)).text, 'e');
  });

  async function fetchBytes(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(workspace.url + path, {
      headers: { authorization: `Bearer ${workspace.token}`, ...headers },
    });
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  }
});

/** Status of a request as the standard clients of Python send it: nothing is read before the whole body has gone out. */
async function statusAfterSendingAll(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  bytes: number,
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries({ host, 'content-length': String(bytes), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const socket = connect(Number(port), hostname).pause();
  try {
    const block = Buffer.alloc(1024 * 1024);
    await written(socket, Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`));
    for (let sent = 0; sent < bytes; sent += block.length) {
      await written(socket, block);
    }
    const [answer] = (await once(socket.resume(), 'data')) as [Buffer];
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString())?.[1]);
  } finally {
    socket.destroy();
  }
}

function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.write(bytes, (error) => {
      socket.off('error', reject);
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}
