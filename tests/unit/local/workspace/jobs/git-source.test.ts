import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fetchFailure } from '../../../../../local/workspace/git/checkout-failure';
import { gitSource } from '../../../../../local/workspace/jobs/git-source';

const source = (more: Record<string, unknown>) => gitSource({ git_provider: 'gitHub', ...more });
const address = (url: string) => source({ git_url: url, git_branch: 'main' }).url;
const URL_OF_TEAM = 'https://example.test/a.git';

describe('Git source of a job', () => {
  for (const url of [
    'https://github.com/a/b',
    'https://dev.azure.com/org/my%20project/_git/r',
    'https://org@dev.azure.com/org/p/_git/r',
    'https://git.example.test:8443/a.git',
    'ssh://git@example.test:22/a.git',
    'git@github.com:a/b.git',
  ]) {
    it(`lies at ${url}`, () => assert.equal(address(url), url));
  }

  for (const url of [
    '--upload-pack=touch x',
    '-u',
    'file:///etc',
    'FILE:///etc',
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    '/srv/git/a.git',
    './a.git',
    'http://example.test/a.git',
    'git://example.test/a.git',
    'https:/example.test/a',
    'https:example.test',
    'https:///example.test/a',
    'https://a\\@example.test/a',
    'https://',
    'https://-x/a',
    'ssh://-oProxyCommand=x/a',
    '-oProxyCommand=x@host:a',
    'git@-oProxyCommand=x:a',
    'a@b::c',
    'https://example.test/a b',
    'https://example.test/a\nb',
    'https://example.test/\u0000',
    'C:\\repo',
    'x@y://z',
  ]) {
    it(`does not lie at ${JSON.stringify(url)}`, () => {
      assert.throws(() => address(url), { status: 400 });
    });
  }

  it('has no password in its address, and does not repeat one', () => {
    assert.throws(
      () => address('https://user:geheim@example.test/a'),
      (error: Error) => /has a password in it/.test(error.message) && !error.message.includes('geheim'),
    );
  });

  for (const [field, good, bad] of [
    [
      'git_branch',
      ['main', 'feature/a-b', 'v1.0', 'ä', 'a{b'],
      [
        '-f',
        '--all',
        'a..b',
        'a b',
        'a~1',
        'a^',
        'a:b',
        'a?',
        '*',
        '[a',
        'a\\b',
        '@',
        'a@{1}',
        '/a',
        'a/',
        'a//b',
        '.a',
        'a/.b',
        'a.lock',
        'a.',
        'a\n',
      ],
    ],
    ['git_tag', ['v1', 'release/2'], ['-d', 'v 1', '']],
    ['git_commit', ['c0ffee0', 'A'.repeat(40), 'b'.repeat(64)], ['HEAD', 'main', '-c0ffee0', 'c0ffee', 'g'.repeat(40)]],
  ] as const) {
    it(`takes the names that git takes as ${field}, and no others`, () => {
      for (const name of good) {
        assert.equal(source({ git_url: URL_OF_TEAM, [field]: name }).reference.name, name);
      }
      for (const name of bad) {
        assert.throws(() => source({ git_url: URL_OF_TEAM, [field]: name }), { status: 400 }, JSON.stringify(name));
      }
    });
  }

  it('never is an option, a program or a path, whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('-', '--', 'ext::', 'file://', 'https://', 'ssh://', '@', ':', '/', 'a', '.', ' ', '::'),
          {
            maxLength: 8,
          },
        ),
        (parts) => {
          const url = parts.join('');
          try {
            address(url);
          } catch {
            return; // refused
          }
          assert.match(url, /^(?:https:\/\/[a-z@:]|ssh:\/\/[a-z@:]|[a-z.][a-z.-]*@[a-z])/);
          assert.doesNotMatch(url, /^-|^[^/]*::|^[^/]*@-|^\w+:\/\/(?:[^/]*@)?-/);
        },
      ),
      { seed: 19, numRuns: 2000 },
    );
  });

  for (const [errors, words] of [
    [
      "fatal: could not read Username for 'https://x': terminal prompts disabled",
      /UNAUTHENTICATED: .*git ls-remote https:\/\/example\.test\/a\.git.*sign in/,
    ],
    ['git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.', /UNAUTHENTICATED/],
    ['fatal: unable to access: The requested URL returned error: 403', /UNAUTHENTICATED/],
    ["remote: Repository not found.\nfatal: repository 'https://x/' not found", /NOT_FOUND: There is no repository/],
    ['fatal: unable to access: Could not resolve host: x', /UNAVAILABLE/],
    ['error: something else', /UNKNOWN: .* git says: error: something else/],
    ['', /UNKNOWN/],
  ] as const) {
    it(`explains ${JSON.stringify(errors.slice(0, 50))}`, () => {
      assert.match(
        fetchFailure({ url: URL_OF_TEAM, provider: 'gitHub', reference: { kind: 'branch', name: 'a' } }, errors)
          .message,
        words,
      );
    });
  }

  it('does not repeat secrets of git, or what acts at a terminal', () => {
    const errors = "fatal: unable to access 'https://me:geheim@x/': \u001b[31mno\u0007";
    const { message } = fetchFailure(
      { url: URL_OF_TEAM, provider: 'x', reference: { kind: 'tag', name: 'a' } },
      errors,
    );
    assert.ok(!message.includes('geheim') && !/\p{Cc}/u.test(message), message);
  });
});
