import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { ENVIRONMENT, SETTINGS } from '../support/principals';
import { runPythonClient } from '../support/python-client';

const MLFLOW = '/api/2.0/mlflow/unity-catalog';

describe('rights by the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let seen: Record<string, unknown>;

  before(async () => {
    workspace = await startTestWorkspace({ principals: SETTINGS, environment: ENVIRONMENT });
    const MODEL = 'dev.default.churn';
    const { json } = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    const made = [
      await workspace.call('POST', '/api/2.1/unity-catalog/volumes', {
        catalog_name: 'dev',
        schema_name: 'default',
        name: 'files',
        volume_type: 'MANAGED',
      }),
      await workspace.call('POST', `${MLFLOW}/registered-models/create`, { name: MODEL }),
      await workspace.call('POST', `${MLFLOW}/model-versions/create`, { name: MODEL, source: 'dbfs:/x' }),
      await workspace.call('POST', `${MLFLOW}/model-versions/finalize`, { name: MODEL, version: '1' }),
      await workspace.call('POST', `${MLFLOW}/registered-models/alias`, {
        name: MODEL,
        alias: 'champion',
        version: '1',
      }),
      await workspace.call('POST', '/api/2.0/sql/statements', {
        statement: 'CREATE TABLE dev.default.t (x INT, y STRING)',
        warehouse_id: json.warehouses[0]?.id,
        wait_timeout: '30s',
      }),
    ];
    assert.deepEqual(
      made.map(({ status }) => status),
      made.map(() => 200),
    );
    await workspace.call('PUT', '/api/2.0/fs/files/Volumes/dev/default/files/a.txt', 'content');
    seen = await runPythonClient('databricks_rights.py', [], {
      DATABRICKS_HOST: workspace.url,
      ADMIN_TOKEN: workspace.token,
      ...ENVIRONMENT,
    });
  });
  after(() => workspace?.stop());

  const denied = (words: string) => ['PermissionDenied', words];
  const CI = '11111111-2222-4333-8444-555555555555';
  const EXPECTED: Readonly<Record<string, unknown>> = {
    me: ['ada@example.com', ['analysts'], CI],
    wrong_token: ['PermissionDenied', 'Invalid access token.'],
    users_by_filter: ['ada@example.com'],
    users_all: ['ada@example.com', 'bob@example.com', 'boss@example.com', 'eve@example.com', 'gone@example.com'],
    user_by_id: 'workspace-access',
    user_missing: ['NotFound', 'None User with id 7 not found.'],
    group_members: ['analysts'],
    service_principals: ['ci', true],
    catalogs_seen: [['dev'], []],
    catalog_denied: denied("User does not have USE CATALOG on Catalog 'prod'."),
    catalog_missing: ['NotFound', "Catalog 'none' does not exist."],
    catalog_life: ['first', { team: 'ml' }, 'second', 'NotFound'],
    schema_life: ['c', true, 'NotFound'],
    schema_denied: denied("User does not have CREATE SCHEMA on Catalog 'dev'."),
    volume_life: ['c', 'ResourceDoesNotExist'],
    volume_denied: denied("User does not have READ VOLUME on Volume 'dev.default.files'."),
    table_columns: [
      ['x', 'INT'],
      ['y', 'STRING'],
    ],
    table_exists: [true, false],
    table_lists: [['t'], []],
    table_denied: denied("User does not have SELECT on Table 'dev.default.t'."),
    table_missing: ['NotFound', "Table 'dev.default.none' does not exist."],
    grants_direct: {
      readers: ['EXECUTE', 'READ_VOLUME', 'SELECT', 'USE_CATALOG', 'USE_SCHEMA'],
      builders: ['USE_CATALOG', 'USE_SCHEMA'],
    },
    grants_change: [{ [CI]: ['SELECT'] }, 't', {}, 'PermissionDenied'],
    grants_twice: ['InvalidParameterValue', `Duplicate privileges to add and delete for principal ${CI}.`],
    grants_nobody: ['NotFound', 'Could not find principal with name nobody'],
    grants_denied: denied("User does not have MANAGE on Catalog 'dev'."),
    effective_inherited: ['EXECUTE', 'READ_VOLUME', 'SELECT', 'USE_CATALOG', 'USE_SCHEMA'].map((privilege) => [
      privilege,
      'CATALOG',
      'dev',
    ]),
    effective_own: [],
    effective_of_others: denied("User does not have MANAGE on Catalog 'dev'."),
    tags_life: [[['team', 'risk']], denied("User does not have APPLY TAG on Table 'dev.default.t'."), []],
    files_read_only: ['content', denied("User does not have WRITE VOLUME on Volume 'dev.default.files'.")],
    files_directories: [
      [
        ['a.txt', false],
        ['deep', true],
      ],
      ['BadRequest'],
      ['NotFound'],
    ],
    files_denied: denied("User does not have READ VOLUME on Volume 'dev.default.files'."),
    models_denied: denied("User does not have EXECUTE on Routine or Model 'dev.default.churn'."),
    alias_denied: [1, denied("User does not have MANAGE on Routine or Model 'dev.default.churn'.")],
    sql_read: ['SUCCEEDED', ''],
    sql_denied: [
      'FAILED',
      "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have MODIFY on Table 'dev.default.t'. SQLSTATE: 42501",
    ],
    warehouse_denied: [[], 'PermissionDenied'],
    job_permissions: [
      'PermissionDenied',
      'permitted',
      [
        ['admins', 'CAN_MANAGE'],
        ['readers', 'CAN_VIEW'],
      ],
      'PermissionDenied',
    ],
    workspace_objects: [
      [
        ['/Shared/rights/n', 'NOTEBOOK'],
        ['/Shared/rights/plain.txt', 'FILE'],
      ],
      ['BadRequest'],
      ['ResourceDoesNotExist'],
    ],
    secrets: [['key'], ['ResourceAlreadyExists'], ['ResourceDoesNotExist'], ['ResourceDoesNotExist']],
    secret_acls: [
      denied('eve@example.com does not have READ permission on scope shared to perform this action.'),
      'key',
      [
        ['readers', 'MANAGE'],
        ['eve@example.com', 'READ'],
      ],
      ['PermissionDenied'],
      ['PermissionDenied'],
    ],
    folder_permissions: [
      ['PermissionDenied'],
      ['/Users/ada@example.com/shared/a.txt'],
      { 'eve@example.com': ['CAN_READ', true], 'ada@example.com': ['CAN_MANAGE', true], admins: ['CAN_MANAGE', true] },
      denied(
        'eve@example.com does not have Manage permissions on /Users/ada@example.com/shared/a.txt. Please contact your administrator for access.',
      ),
    ],
    experiment_permissions: [['PermissionDenied'], '/Users/ada@example.com/exp', ['PermissionDenied']],
    pipeline_permissions: [
      'User eve@example.com does not have View permissions on pipeline <id>.',
      'ada@example.com',
      'User eve@example.com does not have Run permissions on pipeline <id>.',
    ],
    run_as: [[CI, 'ada@example.com'], ['PermissionDenied']],
  };

  it('are seen by every case, and only by these', () => {
    assert.deepEqual(Object.keys(seen), Object.keys(EXPECTED));
  });

  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(name.replaceAll('_', ' '), () => {
      assert.deepEqual(seen[name], expected);
    });
  }
});
