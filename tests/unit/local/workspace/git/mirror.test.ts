import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GitReference } from '../../../../../local/workspace/git/git-source';
import { GitMirror } from '../../../../../local/workspace/git/mirror';
import { GitRepository } from '../../../../support/git-repository';
import { GitServer } from '../../../../support/git-server';
import { keepEnvironment } from '../../../../support/kept-environment';

const never = new AbortController().signal;
const URL_OF_TEAM = 'https://git.example.test/bare.git';

describe('copy of a repository that wants a sign-in', () => {
  let restore: () => void;
  let folder: string;
  let repository: GitRepository;
  let server: GitServer;
  let commits: { readonly first: string; readonly second: string; readonly side: string };

  before(async () => {
    restore = keepEnvironment();
    folder = mkdtempSync(path.join(tmpdir(), 'mirror-'));
    repository = new GitRepository();
    const first = repository.commit({ 'a.txt': 'one', 'deep/b.txt': 'b' }, { tag: 'v1' });
    const second = repository.commit({ 'a.txt': 'two' });
    const side = repository.commit({ 'a.txt': 'side' }, { branch: 'side' });
    commits = { first, second, side };
    server = new GitServer(repository.folder, 'me:geheim');
    const url = new URL(await server.start());
    writeFileSync(path.join(folder, 'credentials'), `http://me:geheim@${url.host}\n`);
    Object.assign(process.env, {
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: `url.${url.href}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://git.example.test/',
      GIT_CONFIG_KEY_1: 'credential.helper',
      GIT_CONFIG_VALUE_1: `store --file=${path.join(folder, 'credentials')}`,
      no_proxy: '127.0.0.1',
    });
  });
  after(async () => {
    restore();
    await server.stop();
    repository.remove();
    rmSync(folder, { recursive: true });
  });

  const mirror = (kind: GitReference['kind'], name: string) =>
    new GitMirror(path.join(folder, 'mirrors'), { url: URL_OF_TEAM, provider: 'gitHub', reference: { kind, name } });

  it('is fetched with the credentials that git of the user has, by every kind of reference', async () => {
    assert.equal(await mirror('branch', 'main').resolve(never), commits.second);
    assert.equal(await mirror('tag', 'v1').resolve(never), commits.first);
    assert.equal(await mirror('commit', commits.side).resolve(never), commits.side);
    assert.equal(await mirror('commit', commits.first.slice(0, 12)).resolve(never), commits.first);
    assert.deepEqual([...new Set(server.answered)].toSorted(), [200, 401]);
  });

  it('asks the server nothing for a commit that is here, and is written whole', async () => {
    const known = mirror('commit', commits.first);
    await known.resolve(never);
    const asked = server.answered.length;
    assert.equal(await known.resolve(never), commits.first);
    assert.equal(server.answered.length, asked);
    const target = path.join(folder, 'files');
    await known.write(commits.first, target, never);
    assert.equal(readFileSync(path.join(target, 'a.txt'), 'utf8'), 'one');
    assert.ok(existsSync(path.join(target, 'deep/b.txt')) && !existsSync(path.join(target, '.git')));
  });

  it('is refused without credentials, and says nothing of those that were wrong', async () => {
    writeFileSync(
      path.join(folder, 'credentials'),
      readFileSync(path.join(folder, 'credentials'), 'utf8').replace('geheim', 'falsch'),
    );
    await assert.rejects(mirror('branch', 'main').resolve(never), (error: Error) => {
      assert.match(error.message, /UNAUTHENTICATED: git of this machine has no access/);
      assert.ok(!error.message.includes('falsch'), error.message);
      return true;
    });
  });

  it('is given up when nobody waits for a server that says nothing', async () => {
    const stop = new AbortController();
    const silent = createServer(() => stop.abort(new Error('enough')));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    process.env['GIT_CONFIG_KEY_0'] = `url.http://127.0.0.1:${(silent.address() as AddressInfo).port}/.insteadOf`;
    try {
      await assert.rejects(mirror('branch', 'main').resolve(stop.signal), /enough/);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});
