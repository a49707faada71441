import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../../../local/pipelines/settings/settings-file';
import { principalFindings } from '../../../../../local/workspace/identity/principal-findings';
import { principalsShape } from '../../../../../local/workspace/identity/principal-settings';
import { principalTokens } from '../../../../../local/workspace/identity/start-principals';

const read = (text: string, environment: Readonly<Record<string, string>> = {}) => {
  const file = join(mkdtempSync(join(tmpdir(), 'principals-')), 'principals.yml');
  writeFileSync(file, text);
  return readSettings(file, principalsShape, (settings) => principalFindings(settings, environment));
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
    ['a group in another case', 'users: [{userName: a@b.c, groups: [Admins]}]', /Did you mean 'admins'/],
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

  for (const [what, text, expected] of [
    [
      'a privilege',
      'grants:\n- on: catalog dev\n  to: [users]\n  privileges: [SELECT, USE CATALG]',
      /:4:24: There is no privilege 'USE CATALG' on a catalog\. Did you mean 'USE CATALOG'\? There are ALL PRIVILEGES, /,
    ],
    [
      'a privilege of another kind',
      'grants:\n- {on: schema dev.default, to: [users], privileges: [USE CATALOG]}',
      /:2:\d+: There is no privilege 'USE CATALOG' on a schema\./,
    ],
    [
      'a kind',
      'grants:\n- on: catlog dev\n  to: [users]\n  privileges: [SELECT]',
      /:2:7: 'catlog dev' names nothing that rights can be granted on\. Did you mean 'catalog dev'\?/,
    ],
    [
      'a name with too few levels',
      'grants:\n- on: schema dev\n  to: [users]\n  privileges: [SELECT]',
      /:2:7: 'schema dev' names nothing that rights can be granted on\. Write it like 'schema dev\.default'\./,
    ],
    [
      'a display name',
      `servicePrincipals:\n- {applicationId: 11111111-2222-4333-8444-555555555555, displayName: ci}
grants:\n- {on: metastore, to: [users, ci], privileges: [MANAGE]}`,
      /:4:31: Nobody is called 'ci'\. 'ci' is a displayName; use its applicationId, 11111111-2222-4333-8444-555555555555\./,
    ],
    [
      'a misspelt name',
      'groups: [{displayName: analysts}]\ngrants:\n- {on: metastore, to: [analyst], privileges: [MANAGE]}',
      /:3:\d+: Nobody is called 'analyst'\. Did you mean 'analysts'\?/,
    ],
  ] as const) {
    it(`says where ${what} is wrong, and what may be meant`, () => {
      assert.throws(() => read(text), { name: 'SettingsInvalid', message: expected });
    });
  }

  it('takes privileges as the statement GRANT spells them and as the API does', () => {
    assert.equal(
      read('grants: [{on: catalog dev, to: [users], privileges: [USE CATALOG, USE_SCHEMA]}]')?.grants.length,
      1,
    );
  });

  it('refuses two principals with the same token, which it does not show', () => {
    const two = (first: string, second: string) => `users:
- {userName: a@b.c, token: {env: ${first}}}
servicePrincipals:
- {applicationId: 11111111-2222-4333-8444-555555555555, token: {env: ${second}}}`;
    assert.throws(() => read(two('A', 'A')), {
      name: 'SettingsInvalid',
      message: /principals\.yml:4:\d+: '11111111-2222-4333-8444-555555555555' has the same token as 'a@b\.c'\./,
    });
    assert.throws(
      () => read(two('A', 'B'), { A: 'the-same-text', B: 'the-same-text' }),
      ({ message }: Error) =>
        /:4:\d+: .*has the same token as 'a@b\.c' \(B and A hold the same text\)/.test(message) &&
        !message.includes('the-same-text'),
    );
    assert.equal(read(two('A', 'B'), { A: 'one-text', B: 'other-text' })?.users.length, 1);
  });

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
