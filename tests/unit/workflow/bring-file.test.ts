import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { bringFile } from '../../../src/workflow/bring-file';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, startDouble } from '../../support/http-double';

const VOLUME = '/Volumes/main/default/v';
const whole = (text: string): Answer => ({ body: text, headers: { 'content-type': 'application/octet-stream' } });
const brokenOff: Answer = {
  raw: (response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half', () => response.destroy());
  },
};

describe('a file that is brought here', () => {
  let server: HttpDouble;
  let folder: string;
  let answers: Record<string, readonly Answer[]>;
  let said: string[];
  const clock = new AutoClock();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bring-'));
    answers = {};
    said = [];
    const asked = new Map<string, number>();
    server = await startDouble(({ url }) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      const count = asked.get(name) ?? 0;
      asked.set(name, count + 1);
      return answers[name]?.[count] ?? answers[name]?.at(-1) ?? { status: 500 };
    });
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function bring(name: string, local = name, signal = new AbortController().signal): Promise<number> {
    const workspace = createWorkspaceClient(new HttpClient({ baseUrl: server.url, clock }));
    return bringFile(workspace, { path: `${VOLUME}/${name}` }, join(folder, local), 1_000, {
      clock,
      signal,
      log: { info: (line) => said.push(line) },
    });
  }

  it('comes again when it breaks off', async () => {
    answers = { 'a.txt': [brokenOff, brokenOff, whole('all of it')] };
    assert.equal(await bring('a.txt'), 9);
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'all of it');
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(
      said[0] ?? '',
      /^\/Volumes\/main\/default\/v\/a\.txt did not come whole: .*\. It is brought again, at most 2 times\.$/,
    );
    assert.deepEqual(readdirSync(folder), ['a.txt']);
  });

  it('is ANSWER_INCOMPLETE when it breaks off three times, and leaves nothing', async () => {
    answers = { 'a.txt': [brokenOff] };
    await assert.rejects(bring('a.txt'), { code: 'ANSWER_INCOMPLETE' });
    assert.equal(server.received.length, 3);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is not asked for again after a cancel', async () => {
    const cancel = new AbortController();
    answers = {
      'a.txt': [
        {
          raw: (response, request) => {
            cancel.abort(new Error('canceled'));
            brokenOff.raw?.(response, request);
          },
        },
      ],
    };
    await assert.rejects(bring('a.txt', 'a.txt', cancel.signal), { message: 'canceled' });
    assert.equal(server.received.length, 1);
    assert.deepEqual(said, []);
  });

  it('leaves alone what is called like a file that has not wholly come', async () => {
    answers = { 'a.part': [whole('first')], a: [whole('second')] };
    mkdirSync(join(folder, 'b.part'));
    writeFileSync(join(folder, 'b.part', 'kept'), '');
    await bring('a.part');
    await bring('a');
    await bring('a', 'b');
    assert.deepEqual(readdirSync(folder).sort(), ['a', 'a.part', 'b', 'b.part']);
    assert.equal(readFileSync(join(folder, 'a.part'), 'utf8'), 'first');
    assert.deepEqual(readdirSync(join(folder, 'b.part')), ['kept']);
  });

  it('replaces a file, but no folder', async () => {
    answers = { a: [whole('new')] };
    writeFileSync(join(folder, 'file'), 'old');
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'folder', 'kept'), '');
    await bring('a', 'file');
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'new');
    await assert.rejects(bring('a', 'folder'), { code: 'LOCAL_FOLDER_IN_THE_WAY' });
    assert.deepEqual(readdirSync(join(folder, 'folder')), ['kept']);
  });

  it('says that it cannot be written where a file stands for a folder', async () => {
    answers = { a: [whole('new')] };
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(bring('a', 'file/below/a'), { code: 'LOCAL_FILE_NOT_WRITTEN', message: /ENOTDIR|EEXIST/ });
  });
});
