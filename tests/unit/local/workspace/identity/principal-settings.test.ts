import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../../../local/pipelines/settings/settings-file';
import { principalFindings, principalsShape } from '../../../../../local/workspace/identity/principal-settings';
import { principalTokens } from '../../../../../local/workspace/identity/start-principals';

const read = (text: string) => {
  const file = join(mkdtempSync(join(tmpdir(), 'principals-')), 'principals.yml');
  writeFileSync(file, text);
  return readSettings(file, principalsShape, principalFindings);
};

describe('the principals file', () => {
  it('reads the example of its page', () => {
    const settings = read(`
users:
  - {userName: ada@example.com, groups: [analysts], token: {env: ADA_TOKEN}}
groups:
  - {displayName: analysts}
grants:
  - {on: catalog dev, to: [analysts, account users], privileges: [USE CATALOG]}
`);
    assert.deepEqual(settings?.users[0]?.entitlements, ['workspace-access', 'databricks-sql-access']);
    assert.deepEqual(
      [...principalTokens(settings, { ADA_TOKEN: 'token-of-ada' })],
      [['ada@example.com', 'token-of-ada']],
    );
  });

  for (const [what, text, expected] of [
    ['a token in the file', 'users: [{userName: a@b.c, token: dapi123}]', /must name an environment variable/],
    ['a group that nobody describes', 'users: [{userName: a@b.c, groups: [x]}]', /Nobody is called 'x'/],
    [
      'a grantee that nobody describes',
      'grants: [{on: metastore, to: [x], privileges: [MANAGE]}]',
      /Nobody is called 'x'/,
    ],
    [
      'a principal that is there twice',
      'users: [{userName: a@b.c}, {userName: A@b.c}]',
      /'a@b\.c' is there twice|'A@b\.c' is there twice/,
    ],
    ['a securable of another kind', 'grants: [{on: share x, to: [users], privileges: [MANAGE]}]', /on/],
    ['an unknown key', 'people: []', /people/],
  ] as const) {
    it(`refuses ${what}, with line and column`, () => {
      assert.throws(
        () => read(text),
        (error: Error) =>
          error.name === 'SettingsInvalid' && expected.test(error.message) && /:\d+:\d+/.test(error.message),
      );
    });
  }

  it('names the variable that holds no token', () => {
    const settings = read('users: [{userName: a@b.c, token: {env: MISSING}}]');
    for (const environment of [{}, { MISSING: 'short' }, { MISSING: 'with a blank' }]) {
      assert.throws(() => principalTokens(settings, environment), {
        code: 'PRINCIPAL_TOKEN_MISSING',
        message: /MISSING/,
      });
    }
  });
});
