import assert from 'node:assert/strict';
import { send, startTestWorkspace, type TestReply, type TestWorkspace } from '../support/local-workspace';
import { VirtualClock } from '../support/virtual-clock';

const VOLUME = '/Volumes/dev/default/signed';
const HOUR = 3_600_000;
const BLOB = { 'x-ms-blob-type': 'BlockBlob' };

describe('signed URLs of a local workspace', () => {
  const clock = new VirtualClock();
  const defects: unknown[] = [];
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace({ clock, onDefect: (error) => defects.push(error) });
    const volume = { catalog_name: 'dev', schema_name: 'default', name: 'signed', volume_type: 'MANAGED' };
    assert.equal((await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume)).status, 200);
  });

  after(async () => {
    await workspace.stop();
    assert.deepEqual(defects, []);
  });

  async function urlOf(kind: 'upload' | 'download', file: string, more: Record<string, unknown> = {}): Promise<string> {
    const path = `${VOLUME}/${file}`;
    const { json, text } = await workspace.call('POST', `/api/2.0/fs/create-${kind}-url`, { path, ...more });
    assert.equal(typeof json.url, 'string', text);
    return String(json.url);
  }

  const read = async (file: string): Promise<string> =>
    (await workspace.call('GET', `/api/2.0/fs/files${VOLUME}/${file}`)).text;
  const codeOf = ({ status, text }: TestReply): [number, string | undefined] => [
    status,
    /<Code>(\w+)<\/Code>/.exec(text)?.[1],
  ];

  it('takes and gives a whole file without a token, with the headers that come with the URL', async () => {
    const url = await urlOf('upload', 'a/odd name ä%+.txt');
    assert.deepEqual(codeOf(await send(url, 'PUT', {}, 'x')), [400, 'MissingRequiredHeader']);
    assert.equal((await send(url, 'PUT', BLOB, 'whole')).status, 201);
    const down = await urlOf('download', 'a/odd name ä%+.txt');
    assert.equal((await send(down, 'GET', {})).text, 'whole');
    const part = await send(down, 'GET', { range: 'bytes=1-2' });
    assert.deepEqual([part.status, part.text], [206, 'ho']);
    assert.equal((await send(down, 'HEAD', {})).headers.get('content-length'), '5');
  });

  it('opens nothing but its own file, right and time', async () => {
    const [up, down] = [await urlOf('upload', 'own.txt'), await urlOf('upload', 'other.txt')];
    await send(up, 'PUT', BLOB, 'mine');
    const mine = await urlOf('download', 'own.txt');
    const changed: readonly [url: string, method: string][] = [
      [up.replace('own.txt', 'other.txt'), 'PUT'],
      [up.replace('own.txt', 'a/../other.txt'), 'PUT'],
      [up.replace('sp=w', 'sp=r'), 'GET'],
      [mine.replace('sp=r', 'sp=w'), 'PUT'],
      [up.replace(/se=\d+/, `se=${clock.now() + 9 * HOUR}`), 'PUT'],
      [up.replace(/sig=..../, 'sig=0000'), 'PUT'],
      [up.replace(/&sig=.*/, ''), 'PUT'],
      [down.replace(/\?.*/, ''), 'GET'],
    ];
    for (const [url, method] of changed) {
      assert.deepEqual(codeOf(await send(url, method, BLOB, method === 'PUT' ? 'x' : undefined)), [
        403,
        'AuthenticationFailed',
      ]);
    }
    assert.deepEqual(codeOf(await send(mine, 'PUT', BLOB, 'x')), [403, 'AuthorizationPermissionMismatch']);
    assert.deepEqual(codeOf(await send(up, 'GET', {})), [403, 'AuthorizationPermissionMismatch']);
    assert.equal(await read('own.txt'), 'mine');
  });

  it('runs out after an hour, or when it was asked to, in words that clients know', async () => {
    const soon = new Date(clock.now() + 60_000).toISOString();
    const [short, long] = [await urlOf('upload', 't.txt', { expire_time: soon }), await urlOf('upload', 't.txt')];
    await clock.advance(60_000);
    const refused = await send(short, 'PUT', BLOB, 'x');
    assert.match(refused.text, /<Code>AuthenticationFailed<.*Signature not valid in the specified time frame/);
    assert.equal((await send(long, 'PUT', BLOB, 'x')).status, 201);
    await clock.advance(HOUR);
    assert.equal((await send(long, 'PUT', BLOB, 'x')).status, 403);
    const past = await workspace.call('POST', '/api/2.0/fs/create-upload-url', {
      path: `${VOLUME}/t.txt`,
      expire_time: soon,
    });
    assert.deepEqual([past.status, past.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('puts a file together from blocks in the order of their list, and shows none of it before', async () => {
    const url = await urlOf('upload', 'blocks.bin');
    const ids = ['second/+', 'first'].map((name) => Buffer.from(name).toString('base64'));
    for (const [index, id] of ids.entries()) {
      const target = `${url}&comp=block&blockid=${encodeURIComponent(id)}`;
      assert.equal((await send(target, 'PUT', {}, ['world', 'hello '][index])).status, 201);
    }
    assert.equal((await workspace.call('HEAD', `/api/2.0/fs/files${VOLUME}/blocks.bin`)).status, 404);
    const list = (names: readonly string[]) =>
      `<?xml version="1.0"?><BlockList>${names.map((id) => `<Uncommitted>${id}</Uncommitted>`).join('')}</BlockList>`;
    const unknown = await send(`${url}&comp=blocklist`, 'PUT', {}, list([...ids, 'bm9uZQ==']));
    assert.deepEqual(codeOf(unknown), [400, 'InvalidBlockList']);
    assert.equal((await send(`${url}&comp=blocklist`, 'PUT', {}, list([...ids].reverse()))).status, 201);
    assert.equal(await read('blocks.bin'), 'hello world');
  });

  it('puts a file together from many blocks without a warning of the runtime', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on('warning', note);
    const url = await urlOf('upload', 'many.txt');
    const ids = Array.from({ length: 25 }, (_, index) =>
      Buffer.from(String(index).padStart(4, '0')).toString('base64'),
    );
    for (const [index, id] of ids.entries()) {
      const target = `${url}&comp=block&blockid=${encodeURIComponent(id)}`;
      assert.equal((await send(target, 'PUT', {}, String.fromCharCode(97 + index))).status, 201);
    }
    const list = `<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
    assert.equal((await send(`${url}&comp=blocklist`, 'PUT', {}, list)).status, 201);
    assert.equal(await read('many.txt'), 'abcdefghijklmnopqrstuvwxy');
    process.off('warning', note);
    assert.deepEqual(warnings, []);
  });

  it('takes bytes at positions in any order, and refuses a hole', async () => {
    const url = await urlOf('upload', 'lake.bin');
    assert.deepEqual(codeOf(await send(`${url}&action=append&position=0`, 'PATCH', {}, 'x')), [404, 'BlobNotFound']);
    assert.equal((await send(`${url}&resource=file`, 'PUT', {})).status, 201);
    assert.equal(await read('lake.bin'), '');
    assert.equal((await send(`${url}&action=append&position=6`, 'PATCH', {}, 'world')).status, 202);
    assert.deepEqual(codeOf(await send(`${url}&action=flush&position=11`, 'PATCH', {})), [400, 'InvalidFlushPosition']);
    assert.equal((await send(`${url}&action=append&position=0`, 'PATCH', {}, 'hello ')).status, 202);
    assert.deepEqual(codeOf(await send(`${url}&action=flush&position=12`, 'PATCH', {})), [400, 'InvalidFlushPosition']);
    assert.equal((await send(`${url}&action=flush&position=11`, 'PATCH', {})).status, 200);
    assert.equal(await read('lake.bin'), 'hello world');
  });

  it('ends an upload in parts once, with all parts, and gives it up when asked', async () => {
    const file = `/api/2.0/fs/files${VOLUME}/parts.bin`;
    const begin = await workspace.call<{ multipart_upload: { session_token: string } }>(
      'POST',
      `${file}?action=initiate-upload`,
    );
    const { session_token } = begin.json.multipart_upload;
    const path = `${VOLUME}/parts.bin`;
    const parts = await workspace.call<{ upload_part_urls: { url: string; part_number: number }[] }>(
      'POST',
      '/api/2.0/fs/create-upload-part-urls',
      { path, session_token, start_part_number: 1, count: 2 },
    );
    const [first, second] = parts.json.upload_part_urls;
    assert.ok((await send(String(second?.url), 'PUT', {}, 'b')).headers.get('etag'));
    const end = () =>
      workspace.call('POST', `${file}?action=complete-upload&upload_type=multipart&session_token=${session_token}`, {
        parts: [
          { part_number: 2, etag: 'b' },
          { part_number: 1, etag: 'a' },
        ],
      });
    assert.equal((await end()).status, 400);
    await send(String(first?.url), 'PUT', {}, 'a');
    assert.equal((await end()).status, 200);
    assert.equal((await end()).status, 404);
    assert.equal(await read('parts.bin'), 'ab');
    assert.equal((await workspace.call('POST', `${file}?action=initiate-upload`)).status, 409);
    const again = await workspace.call<typeof begin.json>('POST', `${file}?action=initiate-upload&overwrite=true`);
    const abort = await workspace.call<{ abort_upload_url: { url: string } }>(
      'POST',
      '/api/2.0/fs/create-abort-upload-url',
      { path, session_token: again.json.multipart_upload.session_token },
    );
    assert.equal((await send(abort.json.abort_upload_url.url, 'DELETE', {})).status, 200);
    assert.equal(await read('parts.bin'), 'ab');
  });

  it('keeps apart two uploads in parts to one path', async () => {
    const path = `${VOLUME}/two.bin`;
    const file = `/api/2.0/fs/files${path}`;
    const begin = async () => {
      const begun = await workspace.call<{ multipart_upload: { session_token: string } }>(
        'POST',
        `${file}?action=initiate-upload&overwrite=true`,
      );
      const { session_token } = begun.json.multipart_upload;
      const body = { path, session_token, start_part_number: 1, count: 2 };
      const urls = await workspace.call<{ upload_part_urls: { url: string }[] }>(
        'POST',
        '/api/2.0/fs/create-upload-part-urls',
        body,
      );
      return { session_token, urls: urls.json.upload_part_urls.map(({ url }) => url) };
    };
    const end = (session_token: string) =>
      workspace.call('POST', `${file}?action=complete-upload&upload_type=multipart&session_token=${session_token}`, {
        parts: [1, 2].map((part_number) => ({ part_number, etag: 'x' })),
      });
    const a = await begin();
    await send(String(a.urls[0]), 'PUT', {}, 'A1');
    const b = await begin();
    await send(String(b.urls[0]), 'PUT', {}, 'B1');
    await send(String(a.urls[1]), 'PUT', {}, 'A2');
    assert.equal((await end(a.session_token)).status, 200);
    assert.equal(await read('two.bin'), 'A1A2');
    assert.equal((await end(b.session_token)).status, 400);
    await send(String(b.urls[1]), 'PUT', {}, 'B2');
    assert.equal((await end(b.session_token)).status, 200);
    assert.equal(await read('two.bin'), 'B1B2');
  });

  it('writes to a model version until it is READY, and not after, also with a URL from before', async () => {
    const root = '/api/2.0/mlflow/unity-catalog';
    const version = { name: 'dev.default.signed', version: '1' };
    await workspace.call('POST', `${root}/registered-models/create`, { name: version.name });
    await workspace.call('POST', `${root}/model-versions/create`, { name: version.name, source: 'dbfs:/x' });
    const credentials = (operation: string) =>
      workspace.call<{ credentials: { storage_mode: string; expiration_time: number } }>(
        'POST',
        `${root}/model-versions/generate-temporary-credentials`,
        { ...version, operation },
      );
    const { json } = await credentials('MODEL_VERSION_OPERATION_READ_WRITE');
    assert.deepEqual(json.credentials, { storage_mode: 'DEFAULT_STORAGE', expiration_time: clock.now() + HOUR });
    const path = '/Models/dev/default/signed/1/MLmodel';
    const up = await workspace.call('POST', '/api/2.0/fs/create-upload-url', { path });
    assert.deepEqual(up.json.headers, [{ name: 'x-ms-blob-type', value: 'BlockBlob' }]);
    assert.equal((await send(String(up.json.url), 'PUT', BLOB, 'first')).status, 201);
    await workspace.call('POST', `${root}/model-versions/finalize`, version);
    assert.deepEqual(codeOf(await send(String(up.json.url), 'PUT', BLOB, 'second')), [403, 'AuthorizationFailure']);
    assert.equal((await credentials('MODEL_VERSION_OPERATION_READ_WRITE')).status, 403);
    assert.equal((await credentials('MODEL_VERSION_OPERATION_READ')).status, 200);
    assert.match((await credentials('READ')).text, /INVALID_PARAMETER_VALUE/);
    const down = await workspace.call('POST', `/api/2.0/fs/create-download-url?path=${encodeURIComponent(path)}`);
    assert.equal((await send(String(down.json.url), 'GET', {})).text, 'first');
  });
});
