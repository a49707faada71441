import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runGit } from '../../../../../local/workspace/git/git-command';
import { GitMirror } from '../../../../../local/workspace/git/mirror';
import { keepEnvironment } from '../../../../support/kept-environment';

const never = new AbortController().signal;
const branch = { kind: 'branch', name: 'main' } as const;

describe('git of the local workspace', () => {
  const programs = process.env['PATH'];
  let restore: () => void;
  let folder: string;
  beforeEach(() => {
    restore = keepEnvironment();
    folder = mkdtempSync(path.join(tmpdir(), 'git-'));
  });
  afterEach(() => {
    restore();
    rmSync(folder, { recursive: true });
  });

  /** A program that stands for git and writes its environment. */
  function programNamedGit(script: string): void {
    writeFileSync(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, 'git'), 0o755);
    process.env['PATH'] = `${folder}:${programs}`;
  }

  it('that is missing is told, with what to do', async () => {
    process.env['PATH'] = folder;
    const mirror = new GitMirror(folder, { url: 'https://example.test/a', provider: 'gitHub', reference: branch });
    await assert.rejects(
      mirror.resolve(never),
      /FAILED_PRECONDITION: git is not installed on this machine.*Install it/,
    );
  });

  it('asks nobody, works on no other repository, and runs no hooks', async () => {
    programNamedGit('env; echo "$@"');
    Object.assign(process.env, { GIT_DIR: '/elsewhere', GIT_INDEX_FILE: '/x', GIT_ASKPASS: 'window' });
    const { output } = await runGit(['status'], never);
    assert.match(output, /^GIT_TERMINAL_PROMPT=0$/m);
    assert.match(output, /^GIT_ASKPASS=$/m);
    assert.match(output, /^GCM_INTERACTIVE=never$/m);
    assert.doesNotMatch(output, /^GIT_(?:DIR|INDEX_FILE)=/m);
    assert.match(output, /-c core\.hooksPath=\/dev\/null .*-c protocol\.ext\.allow=never .* status$/m);
  });

  it('ends with all that it has started when nobody waits any more', async () => {
    const started = path.join(folder, 'started');
    programNamedGit(`sleep 600 & echo $! > ${started}.part; mv ${started}.part ${started}; wait`);
    const stop = new AbortController();
    const run = runGit(['fetch'], stop.signal);
    const { existsSync, readFileSync } = await import('node:fs');
    while (!existsSync(started)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error('enough'));
    await assert.rejects(run, /enough/);
    const child = Number(readFileSync(started, 'utf8'));
    const lives = () =>
      existsSync(`/proc/${child}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
    while (lives()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  describe('at a server', () => {
    let server: Server;
    let status = 401;
    before(async () => {
      server = createServer((_request, response) => {
        response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="x"' } : {}).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => server.close());

    for (const [answer, words] of [
      [
        401,
        /UNAUTHENTICATED: git of this machine has no access to https:\/\/private\.example\.test\/a\.git\..*sign in there/,
      ],
      [403, /UNAUTHENTICATED/],
      [404, /NOT_FOUND: There is no repository https:\/\/private\.example\.test\/a\.git/],
      [500, /UNAVAILABLE: The server of https:/],
    ] as const) {
      it(`that answers ${answer} says so without a question`, async () => {
        status = answer;
        const { port } = server.address() as AddressInfo;
        Object.assign(process.env, {
          HOME: folder, // no credentials of whoever runs this
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `url.http://127.0.0.1:${port}/.insteadOf`,
          GIT_CONFIG_VALUE_0: 'https://private.example.test/',
          no_proxy: '127.0.0.1',
        });
        const source = { url: 'https://private.example.test/a.git', provider: 'gitHub', reference: branch };
        await assert.rejects(new GitMirror(folder, source).resolve(never), words);
      });
    }
  });
});
