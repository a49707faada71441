import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { version } from '../../../../package.json';
import task from '../../../../tasks/DatabricksCheckConnection/task.json';
import { secretConnection } from '../../../faults/scenes/sign-in';
import type { FakeHost } from '../../../support/fake-host';
import { type Answer, startDouble } from '../../../support/http-double';
import { CI, checked, checkedAt, checkedBy, held, levels, refusal } from './checked-workspace';

const UC = '/api/2.1/unity-catalog';
const EFFECTIVE = `${UC}/effective-permissions`;
const NONE: Answer = { json: {} };
const ACL = (level: string) =>
  `--json '{"access_control_list":[{"service_principal_name":"${CI}","permission_level":"${level}"}]}'`;

interface Report {
  workspace: string;
  checks: {
    check: string;
    verdict: string;
    message: string;
    rights: { right: string; object: string; command: string }[];
  }[];
}

function report(host: FakeHost): Report {
  return JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8'));
}

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

  for (const [what, check, replaced, inputs, right, object, command] of [
    [
      'USE CATALOG, as the catalog itself says',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: refusal(403, 'PERMISSION_DENIED', "User does not have USE CATALOG on Catalog 'dev'.") },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'USE CATALOG, by its rights',
      'unityCatalog',
      { [`${EFFECTIVE}/catalog/dev`]: held(CI, 'BROWSE') },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'the catalog',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: refusal(404, 'CATALOG_DOES_NOT_EXIST', "Catalog 'dev' does not exist.") },
      {},
      'USE CATALOG',
      'catalog dev',
      `GRANT USE CATALOG ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'USE SCHEMA',
      'unityCatalog',
      { [`${EFFECTIVE}/schema/dev.ml`]: NONE },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'the schema',
      'unityCatalog',
      { [`${UC}/schemas/dev.ml`]: refusal(404, 'SCHEMA_DOES_NOT_EXIST', "Schema 'dev.ml' does not exist.") },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'EXECUTE',
      'unityCatalog',
      { [`${EFFECTIVE}/function/dev.ml.churn`]: held('somebody else', 'EXECUTE') },
      {},
      'EXECUTE',
      'model dev.ml.churn',
      `GRANT EXECUTE ON FUNCTION \`dev\`.\`ml\`.\`churn\` TO \`${CI}\`;`,
    ],
    [
      'CREATE MODEL for a model that is not there',
      'unityCatalog',
      { [`${UC}/models/dev.ml.churn`]: refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'no model') },
      {},
      'CREATE MODEL',
      'schema dev.ml',
      `GRANT CREATE MODEL ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'rights of groups that are hidden',
      'unityCatalog',
      { [`${EFFECTIVE}/schema/dev.ml`]: refusal(403, 'PERMISSION_DENIED', 'not yours') },
      {},
      'USE SCHEMA',
      'schema dev.ml',
      `GRANT USE SCHEMA ON SCHEMA \`dev\`.\`ml\` TO \`${CI}\`;`,
    ],
    [
      'CAN USE on a stopped warehouse',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': levels(['service_principal_name', CI, 'CAN_VIEW']) },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN USE on a warehouse whose permissions are hidden',
      'warehouse',
      {
        '/api/2.0/permissions/warehouses/w1': refusal(403, 'PERMISSION_DENIED', 'hidden'),
        '/api/2.0/sql/statements': refusal(403, 'PERMISSION_DENIED', 'You do not have permission to use it.'),
      },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN USE on a running warehouse, whatever its permissions say',
      'warehouse',
      {
        '/api/2.0/sql/warehouses': { json: { warehouses: [{ id: 'w1', name: 'wh', state: 'RUNNING' }] } },
        '/api/2.0/sql/statements': refusal(403, 'PERMISSION_DENIED', 'no'),
      },
      {},
      'CAN_USE',
      'warehouse w1',
      `databricks permissions update warehouses w1 ${ACL('CAN_USE')}`,
    ],
    [
      'CAN MANAGE RUN',
      'jobs',
      { '/api/2.0/permissions/jobs/7': levels(['service_principal_name', CI, 'CAN_VIEW']) },
      {},
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the permissions of the job, which are hidden',
      'jobs',
      { '/api/2.0/permissions/jobs/7': refusal(403, 'PERMISSION_DENIED', 'hidden') },
      {},
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the job, which is not shown to it',
      'jobs',
      { '/api/2.2/jobs/get': refusal(403, 'PERMISSION_DENIED', 'User does not have View on job 7') },
      { job: '7' },
      'CAN_MANAGE_RUN',
      'job 7',
      `databricks permissions update jobs 7 ${ACL('CAN_MANAGE_RUN')}`,
    ],
    [
      'the rights of the groups, which are hidden',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: refusal(403, 'PERMISSION_DENIED', 'not yours') },
      {},
      'MANAGE',
      'catalog dev',
      `GRANT MANAGE ON CATALOG \`dev\` TO \`${CI}\`;`,
    ],
    [
      'only rights to read',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: held('readers', 'SELECT', 'USE_CATALOG', 'MODIFY') },
      {},
      'MODIFY of readers',
      'catalog dev',
      'REVOKE MODIFY ON CATALOG `dev` FROM `readers`;',
    ],
    [
      'only rights to read, on a schema',
      'readOnlyGroups',
      { [`${EFFECTIVE}/schema/dev.ml`]: held('account users', 'CREATE_TABLE') },
      {},
      'CREATE TABLE of account users',
      'schema dev.ml',
      'REVOKE CREATE TABLE ON SCHEMA `dev`.`ml` FROM `account users`;',
    ],
    [
      'only rights to read, since the group owns the catalog',
      'readOnlyGroups',
      { [`${UC}/catalogs/dev`]: { json: { name: 'dev', owner: 'READERS' } } },
      {},
      'ownership by readers',
      'catalog dev',
      'ALTER CATALOG `dev` OWNER TO `admins`;',
    ],
  ] as const) {
    it(`${check} fails for want of ${what}, and says right, object and command`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path], inputs);
      assert.equal(host.result, 'Failed', host.printed);
      assert.equal(host.error?.code, 'CONNECTION_CHECK_FAILED');
      assert.equal(host.outputs.get('failures'), '1');
      assert.deepEqual(report(host).checks[0]?.rights, [{ right, object, command }]);
      assert.ok(host.error?.message.includes(command), host.error?.message);
    });
  }

  for (const [what, check, replaced] of [
    ['a right by its group', 'unityCatalog', { [`${EFFECTIVE}/catalog/dev`]: held('Builders', 'USE_CATALOG') }],
    ['a right of everybody', 'unityCatalog', { [`${EFFECTIVE}/schema/dev.ml`]: held('account users', 'USE_SCHEMA') }],
    ['ALL PRIVILEGES', 'unityCatalog', { [`${EFFECTIVE}/catalog/dev`]: held(CI, 'ALL_PRIVILEGES') }],
    [
      'ownership',
      'unityCatalog',
      { [`${UC}/catalogs/dev`]: { json: { name: 'dev', owner: 'builders' } }, [`${EFFECTIVE}/catalog/dev`]: NONE },
    ],
    [
      'CREATE SCHEMA, where there is no schema yet',
      'unityCatalog',
      {
        [`${UC}/schemas/dev.ml`]: refusal(404, 'SCHEMA_DOES_NOT_EXIST', "Schema 'dev.ml' does not exist."),
        [`${EFFECTIVE}/catalog/dev`]: held(CI, 'USE_CATALOG', 'CREATE_SCHEMA'),
      },
    ],
    [
      'CREATE MODEL, where there is no model yet',
      'unityCatalog',
      {
        [`${UC}/models/dev.ml.churn`]: refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'no model'),
        [`${EFFECTIVE}/schema/dev.ml`]: held(CI, 'USE_SCHEMA', 'CREATE_MODEL'),
      },
    ],
    [
      'a level by its group',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': levels(['group_name', 'builders', 'CAN_MANAGE']) },
    ],
    [
      'a statement that runs, where permissions are hidden',
      'warehouse',
      { '/api/2.0/permissions/warehouses/w1': refusal(403, 'PERMISSION_DENIED', 'hidden') },
    ],
    ['a level by its group', 'jobs', { '/api/2.0/permissions/jobs/7': levels(['group_name', 'builders', 'IS_OWNER']) }],
    [
      'an inherited right to read',
      'readOnlyGroups',
      {
        [`${EFFECTIVE}/schema/dev.ml`]: held(
          'readers',
          'SELECT',
          'USE_CATALOG',
          'USE_SCHEMA',
          'BROWSE',
          'EXECUTE',
          'READ_VOLUME',
        ),
      },
    ],
    [
      'a group that the service does not know in grants',
      'readOnlyGroups',
      { [`${EFFECTIVE}/catalog/dev`]: refusal(404, 'PRINCIPAL_DOES_NOT_EXIST', 'who') },
    ],
  ] as const) {
    it(`${check} is content with ${what}`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path]);
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.deepEqual(report(host).checks[0]?.rights, []);
    });
  }

  it('jobs finds one that is called by digits, as the step that runs it does', async () => {
    const { host } = await checked({ checks: 'jobs', job: '2024' }, (path, { url }) => {
      const isOfName = url.includes('job_id=2024');
      switch (path) {
        case '/api/2.2/jobs/get':
          return isOfName
            ? refusal(400, 'INVALID_PARAMETER_VALUE', 'Job 2024 does not exist.')
            : { json: { job_id: 7, settings: { name: '2024' } } };
        case '/api/2.2/jobs/list':
          return { json: { jobs: [{ job_id: 7, settings: { name: '2024' } }] } };
        default:
          return undefined;
      }
    });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /may start job 2024 \(7\)/);
  });

  for (const [what, check, replaced, expected] of [
    [
      'no such job',
      'jobs',
      { '/api/2.2/jobs/list': { json: {} } },
      /There is no job 'train' that service principal ci .* may see\. It sees none at all\. If the name is right, .*CAN_MANAGE_RUN/,
    ],
    [
      'two jobs of that name',
      'jobs',
      { '/api/2.2/jobs/list': { json: { jobs: [7, 8].map((job_id) => ({ job_id, settings: { name: 'train' } })) } } },
      /There are 2 jobs named 'train': 7, 8\./,
    ],
    [
      'no such warehouse',
      'warehouse',
      { '/api/2.0/sql/warehouses': { json: {} } },
      /There is no SQL warehouse 'wh' that service principal ci .* may see\. It sees none at all\. .*CAN_USE/,
    ],
    [
      'no such group',
      'readOnlyGroups',
      { '/api/2.0/preview/scim/v2/Groups': { json: { totalResults: 0 } } },
      /There is no group 'readers'/,
    ],
    [
      'no such catalog',
      'readOnlyGroups',
      {
        [`${UC}/catalogs/dev`]: refusal(404, 'CATALOG_DOES_NOT_EXIST', 'none'),
        [`${UC}/catalogs`]: { json: { catalogs: [{ name: 'prod', owner: 'boss' }] } },
      },
      /There is no catalog dev that service principal ci .* may see\. It sees: prod\. .* GRANT MANAGE ON CATALOG `dev`/,
    ],
    [
      'a statement that fails',
      'warehouse',
      {
        '/api/2.0/sql/warehouses': { json: { warehouses: [{ id: 'w1', name: 'wh', state: 'RUNNING' }] } },
        '/api/2.0/sql/statements': {
          json: { statement_id: 's', status: { state: 'FAILED', error: { message: 'broken' } } },
        },
      },
      /ended in state FAILED: broken/,
    ],
  ] as const) {
    it(`${check} fails on ${what}`, async () => {
      const answers: Readonly<Record<string, Answer>> = replaced;
      const { host } = await checkedBy(check, (path) => answers[path]);
      assert.equal(host.result, 'Failed', host.printed);
      assert.match(host.printed, expected);
    });
  }

  const catalogs = { json: { catalogs: ['prod', 'staging', 'dev'].map((name) => ({ name, owner: 'boss' })) } };
  const models = { json: { registered_models: [{ full_name: 'dev.ml.churn', owner: 'boss' }] } };
  for (const [check, inputs, expected] of [
    ['unityCatalog', { model: '', catalog: 'stagin' }, /There is no catalog stagin .*Did you mean staging\?/],
    ['unityCatalog', { model: 'dve.ml.churn' }, /There is no catalog dve .* It sees: prod, staging, dev\./],
    [
      'unityCatalog',
      { model: '', catalog: 'dev', schema: 'nl' },
      /There is no schema dev\.nl .*Did you mean dev\.ml\?/,
    ],
    ['readOnlyGroups', { catalog: 'prodd' }, /There is no catalog prodd .*Did you mean prod\?/],
    ['warehouse', { warehouse: 'whs' }, /There is no SQL warehouse 'whs' .*Did you mean wh\?/],
    ['jobs', { job: 'trian' }, /There is no job 'trian' .*Did you mean train\?/],
  ] as const) {
    it(`${check} suggests for ${JSON.stringify(inputs)} what is meant, before the right that may be missing`, async () => {
      const { host } = await checkedBy(
        check,
        (path) => (path === `${UC}/catalogs` ? catalogs : undefined),
        inputs as Record<string, string>,
      );
      assert.match(host.error?.message ?? '', expected);
      assert.match(host.error?.message ?? '', /If the name is right, .* does not exist yet, or a right is missing: \S/);
      assert.equal(report(host).checks[0]?.rights.length, 1);
    });
  }

  it('suggests the model that is there for one that it may create', async () => {
    const { host } = await checkedBy(
      'unityCatalog',
      (path) =>
        path === `${UC}/models`
          ? models
          : path === `${EFFECTIVE}/schema/dev.ml`
            ? held(CI, 'USE_SCHEMA', 'CREATE_MODEL')
            : undefined,
      { model: 'dev.ml.chrun' },
    );
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /There is no model dev\.ml\.chrun .*Did you mean dev\.ml\.churn\? It may create one/);
  });

  it('says of a name that is not there that the list of names is hidden too', async () => {
    const { host } = await checkedBy('unityCatalog', (path) =>
      path === `${UC}/catalogs/dev`
        ? refusal(404, 'CATALOG_DOES_NOT_EXIST', 'none')
        : path === `${UC}/catalogs`
          ? refusal(403, 'PERMISSION_DENIED', 'not yours')
          : undefined,
    );
    assert.match(host.error?.message ?? '', /may see\. What else there is, is hidden from it\. If the name is right/);
  });

  it('says of an identity that the workspace does not let in how it is made a user, and makes no other check', async () => {
    const { host } = await checked({ checks: 'identity,workspace,jobs' }, (path) =>
      path.endsWith('/Me') ? refusal(403, 'PERMISSION_DENIED', 'User is not authorized.') : undefined,
    );
    assert.match(
      host.error?.message ?? '',
      /^Check 'identity' failed: The credential is good, .* User is not authorized\. /,
    );
    assert.deepEqual(report(host).checks[0]?.rights, [
      {
        right: 'to be a user of the workspace',
        object: `workspace ${report(host).workspace}`,
        command: 'databricks service-principals create --application-id <application id>',
      },
    ]);
    assert.deepEqual(
      report(host).checks.map(({ verdict }) => verdict),
      ['error', 'notChecked', 'notChecked'],
    );
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
