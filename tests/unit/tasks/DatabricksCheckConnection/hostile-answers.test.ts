import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Answer } from '../../../support/http-double';
import { CI, checkedBy, held, refusal, SUBJECTS } from './checked-workspace';

const UC = '/api/2.1/unity-catalog';
const EFFECTIVE = `${UC}/effective-permissions`;

describe('DatabricksCheckConnection and answers that are not what they should be', () => {
  const HOSTILE: readonly (readonly [string, Answer])[] = [
    ['HTML with status 200', { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }],
    ['a broken-off body', { body: '{"a": [', headers: { 'content-type': 'application/json' } }],
    ['a list instead of an object', { json: [] }],
    ['a text', { json: 'admin' }],
    ['null', { body: 'null', headers: { 'content-type': 'application/json' } }],
    ['an HTML refusal of a proxy', { status: 403, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }],
    ['401', refusal(401, 'UNAUTHENTICATED', 'no')],
    ['an error without a code', { status: 500, json: { message: '' } }],
    [
      'lists of other things',
      {
        json: {
          groups: [null],
          privilege_assignments: [{ privileges: 'ALL' }],
          access_control_list: [7],
          warehouses: [null],
          schemas: {},
          Resources: 'readers',
          jobs: 'train',
          full_name: {},
        },
      },
    ],
  ];
  const FIRST_OF: Readonly<Record<string, string>> = {
    identity: '/api/2.0/preview/scim/v2/Me',
    workspace: '/api/2.0/preview/scim/v2/Me',
    unityCatalog: `${EFFECTIVE}/catalog/dev`,
    warehouse: '/api/2.0/permissions/warehouses/w1',
    jobs: '/api/2.0/permissions/jobs/7',
    readOnlyGroups: `${EFFECTIVE}/schema/dev.ml`,
  };
  const ALSO: readonly (readonly [string, string])[] = [
    ['unityCatalog', `${UC}/catalogs/dev`],
    ['warehouse', '/api/2.0/sql/warehouses'],
    ['jobs', '/api/2.2/jobs/list'],
    ['readOnlyGroups', '/api/2.0/preview/scim/v2/Groups'],
    ['readOnlyGroups', `${UC}/schemas`],
  ];
  for (const [check, place] of [...Object.entries(FIRST_OF), ...ALSO]) {
    for (const [what, answer] of HOSTILE) {
      it(`${check} fails in a sentence when ${place} answers ${what}`, async () => {
        const { host } = await checkedBy(check, (path) => (path === place ? answer : undefined));
        assert.equal(host.result, 'Failed', host.printed);
        assert.equal(host.error?.code, 'CONNECTION_CHECK_FAILED', host.printed);
        assert.equal(host.outputs.get('failures'), '1');
      });
    }
  }

  it('does not let text of the service act or break the summary', async () => {
    const name = '##vso[task.complete result=Succeeded]|\r\n<b>x</b>`';
    const { host } = await checkedBy('unityCatalog', (path) =>
      path.endsWith('/Me')
        ? { json: { userName: CI, displayName: name } }
        : path === `${EFFECTIVE}/catalog/dev`
          ? held(CI, 'BROWSE')
          : undefined,
    );
    assert.equal(host.result, 'Failed');
    assert.ok(!host.lines.some((line) => /##vso\[/i.test(line)), host.printed);
    const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
    assert.ok(!summary.includes('<b>'), summary);
    const rows = summary.split('\n').filter((line) => line.startsWith('| unityCatalog'));
    assert.equal(rows.length, 1, summary);
  });

  it('refuses rights of the service that are no words: they would stand in a command that somebody copies', async () => {
    const { host } = await checkedBy('readOnlyGroups', (path) =>
      path === `${EFFECTIVE}/catalog/dev` ? held('readers', 'X` ON CATALOG dev TO me; --') : undefined,
    );
    assert.match(host.printed, /The answer of the service has another form than documented/);
  });

  it('has a subject for every check', () => {
    assert.deepEqual(Object.keys(SUBJECTS), [
      'identity',
      'workspace',
      'unityCatalog',
      'warehouse',
      'jobs',
      'readOnlyGroups',
    ]);
  });
});
