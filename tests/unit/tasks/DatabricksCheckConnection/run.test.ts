import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { version } from '../../../../package.json';
import task from '../../../../tasks/DatabricksCheckConnection/task.json';
import { secretConnection } from '../../../faults/scenes/sign-in';
import { type Answer, startDouble } from '../../../support/http-double';
import { CI, checked, checkedAt, checkedBy, held, refusal, report } from './checked-workspace';

const UC = '/api/2.1/unity-catalog';
const EFFECTIVE = `${UC}/effective-permissions`;

describe('DatabricksCheckConnection', () => {
  it('passes every check of an identity that has exactly the rights that it needs, and sends nothing that changes anything', async () => {
    const { host, received } = await checked({
      checks: 'all',
      model: 'dev.ml.churn',
      warehouse: 'wh',
      job: 'train',
      readOnlyGroups: 'readers',
    });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(
      report(host).checks.map(({ check, verdict }) => [check, verdict]),
      ['identity', 'workspace', 'unityCatalog', 'warehouse', 'jobs', 'readOnlyGroups'].map((check) => [check, 'ok']),
    );
    assert.deepEqual([...new Set(received.map(({ method }) => method))], ['GET']);
    assert.equal(received.filter(({ url }) => url.endsWith('/scim/v2/Me')).length, 1);
    assert.equal(host.outputs.get('failures'), '0');
  });

  it('says of tasks that are too old which version they are, and which one the extension is, before any request', async () => {
    const { host, received } = await checked({ minimumVersion: '99.0.1' });
    const { Major, Minor, Patch } = task.version;
    assert.equal(host.error?.code, 'EXTENSION_TOO_OLD');
    assert.equal(
      host.error?.message.split(' Update ')[0],
      `The tasks here are version ${Major}.${Minor}.${Patch}, but the step asks for version 99.0.1 or later. They are part of version ${version} of the extension; its minor and patch number are theirs too.`,
    );
    assert.equal(received.length, 0);
  });

  it('asks a workspace that is away once, and makes no check after that', async () => {
    const inputs = { checks: 'all', model: 'dev.ml.churn', warehouse: 'wh', job: 'train' };
    const { host, received } = await checked(inputs, () => refusal(501, 'NOT_IMPLEMENTED', 'Nobody is here.'));
    assert.equal(host.outputs.get('failures'), '1');
    assert.equal(received.length, 1);
    assert.deepEqual(
      report(host).checks.map(({ check, verdict }) => [check, verdict]),
      [
        ['identity', 'error'],
        ...['workspace', 'unityCatalog', 'warehouse', 'jobs', 'readOnlyGroups'].map((check) => [check, 'notChecked']),
      ],
    );
    assert.match(
      host.printed,
      /^Not checked: jobs, because check 'identity' could not find out who the connection is\.$/m,
    );
    assert.match(host.printed, /does not work: 1 of 1 check failed, 5 were not made\./);
  });

  for (const [what, answer] of [
    ['throttled for good', refusal(429, 'REQUEST_LIMIT_EXCEEDED', 'later')],
    ['unavailable for good', refusal(503, 'TEMPORARILY_UNAVAILABLE', 'later')],
    ['behind a gateway that reaches nobody', { status: 502, body: '' }],
    ['gone', { raw: (response) => response.destroy() }],
  ] as readonly (readonly [string, Answer])[]) {
    it(`makes no check after the one that found the workspace ${what}, and ends within the time of one request`, async () => {
      const inputs = { checks: 'all', model: 'dev.ml.churn', job: 'train', readOnlyGroups: 'readers' };
      const { host, clock } = await checked(inputs, (path) =>
        path.startsWith(UC) || path.includes('/sql/') ? answer : undefined,
      );
      assert.deepEqual(
        report(host).checks.map(({ verdict }) => verdict),
        ['ok', 'ok', 'error', 'notChecked', 'notChecked', 'notChecked'],
      );
      assert.match(
        host.printed,
        /^Not checked: readOnlyGroups, because the workspace did not answer check 'unityCatalog'/m,
      );
      assert.ok(clock.waits.reduce((sum, wait) => sum + wait, 0) <= 300_000, String(clock.waits));
    });
  }

  it('waits for a token endpoint that is away no longer than for one request, however many checks there are', async () => {
    const away = await startDouble(() => refusal(503, 'TEMPORARILY_UNAVAILABLE', 'later'));
    try {
      const inputs = { checks: 'all', model: 'dev.ml.churn', job: 'train', readOnlyGroups: 'readers' };
      const { host, clock } = await checkedAt(away.url, inputs, secretConnection(away.url));
      assert.equal(host.outputs.get('failures'), '1', host.printed);
      assert.ok(clock.waits.reduce((sum, wait) => sum + wait, 0) <= 300_000, String(clock.waits));
    } finally {
      await away.close();
    }
  });

  it('tells at once, once, that nobody answers at the address', async () => {
    const { host, clock } = await checkedAt('http://127.0.0.1:9', { checks: 'all', catalog: 'dev' });
    const said = host.lines.filter((line) => line.includes('It is tried again'));
    assert.equal(said.length, 1, host.printed);
    assert.match(said[0] ?? '', /127\.0\.0\.1:9.*No connection could be made: nobody listens there \(ECONNREFUSED\)/);
    assert.equal(clock.waits.length, 4);
  });

  it('cancels a statement that does not end, and says that the warehouse is to be looked at', async () => {
    const running = { json: { statement_id: 's', status: { state: 'PENDING' } } };
    const { host, received } = await checkedBy('warehouse', (path) => {
      switch (path) {
        case '/api/2.0/permissions/warehouses/w1':
          return refusal(403, 'PERMISSION_DENIED', 'hidden');
        case '/api/2.0/sql/statements':
        case '/api/2.0/sql/statements/s':
          return running;
        case '/api/2.0/sql/statements/s/cancel':
          return { json: {} };
      }
      return undefined;
    });
    assert.match(host.error?.message ?? '', /had not ended after 300 s\. It was statement s, state PENDING/);
    assert.equal(received.at(-1)?.url, '/api/2.0/sql/statements/s/cancel');
  });

  it('says each thing once: findings that pass as lines, those that fail in the error, all of them in the summary', async () => {
    const refused = refusal(403, 'PERMISSION_DENIED', 'not yours');
    const { host } = await checked({ checks: 'identity,unityCatalog,jobs', catalog: 'dev', job: '7' }, (path) =>
      path === `${UC}/catalogs/dev` || path === '/api/2.2/jobs/get' ? refused : undefined,
    );
    const log = host.lines.filter((line) => /^(OK|Failed|Warning|Not checked): /.test(line));
    assert.deepEqual(log, [
      `OK: identity. The workspace knows this connection as service principal ci (${CI}).`,
      'Failed: unityCatalog. The error at the end says why, and what to do.',
      'Failed: jobs. The error at the end says why, and what to do.',
    ]);
    assert.ok(host.lines.includes(`Connection to ${report(host).workspace} does not work: 2 of 3 checks failed.`));
    const error = host.error?.message ?? '';
    assert.match(error, /^Check 'unityCatalog' failed: .* GRANT USE CATALOG .* Check 'jobs' failed: .*CAN_MANAGE_RUN/);
    const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
    assert.match(summary, /^\| identity \| OK \|/m);
    assert.match(summary, /^\| jobs \| Failed \|/m);
  });

  it('leaves out, and says so, what `all` has no input for', async () => {
    const { host } = await checked({ checks: 'all' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(
      report(host).checks.map(({ check, verdict }) => [check, verdict]),
      [
        ['identity', 'ok'],
        ['workspace', 'ok'],
        ['warehouse', 'ok'],
        ['jobs', 'ok'],
        ['unityCatalog', 'notChecked'],
        ['readOnlyGroups', 'notChecked'],
      ],
    );
    assert.match(host.printed, /^Not checked: readOnlyGroups, because input 'catalog' is empty\.$/m);
  });

  it('counts what it looked at', async () => {
    const { host } = await checkedBy('readOnlyGroups');
    assert.match(host.printed, /\(looked at: it and 1 schema\)/);
  });

  it('follows groups that a group belongs to, also round in a circle', async () => {
    const parents: Readonly<Record<string, string[]>> = { readers: ['analysts'], analysts: ['readers', 'staff'] };
    const { host } = await checkedBy('readOnlyGroups', (path, { url }) => {
      const query = new URL(url, 'http://localhost').searchParams;
      if (path.endsWith('/Groups')) {
        const name = /"(.*)"/.exec(query.get('filter') ?? '')?.[1] ?? '';
        const groups = (parents[name] ?? []).map((display) => ({ display }));
        return { json: { Resources: [{ displayName: name, groups }] } };
      }
      return path === `${EFFECTIVE}/catalog/dev` && query.get('principal') === 'staff'
        ? held('staff', 'MODIFY')
        : undefined;
    });
    assert.deepEqual(report(host).checks[0]?.rights, [
      { right: 'MODIFY of staff', object: 'catalog dev', command: 'REVOKE MODIFY ON CATALOG `dev` FROM `staff`;' },
    ]);
  });

  it('quotes what stands in names, for SQL and for the shell', async () => {
    const me = `o'neil\`@example.com`;
    const { host } = await checked({ checks: 'unityCatalog,jobs', catalog: 'de`v', job: '7' }, (path) => {
      switch (path) {
        case '/api/2.0/preview/scim/v2/Me':
          return { json: { userName: me } };
        case `${UC}/catalogs/de\`v`:
          return { json: { name: 'de`v' } };
        case `${EFFECTIVE}/catalog/de\`v`:
        case '/api/2.0/permissions/jobs/7':
          return { json: {} };
      }
      return undefined;
    });
    assert.deepEqual(
      report(host).checks.map(({ rights }) => rights[0]?.command),
      [
        "GRANT USE CATALOG ON CATALOG `de``v` TO `o'neil``@example.com`;",
        `databricks permissions update jobs 7 --json '{"access_control_list":[{"user_name":"o'\\''neil\`@example.com","permission_level":"CAN_MANAGE_RUN"}]}'`,
      ],
    );
  });

  it('counts a warning as a failure only where that is asked for', async () => {
    const nameless = (path: string): Answer | undefined =>
      path.endsWith('/Me') ? { json: { userName: CI, active: false } } : undefined;
    for (const [failOn, result] of [
      ['error', 'Succeeded'],
      ['warning', 'Failed'],
    ] as const) {
      const { host } = await checked({ checks: 'identity,workspace', failOn }, nameless);
      assert.equal(host.result, result, host.printed);
      assert.equal(host.outputs.get('warnings'), '2');
    }
  });
});
