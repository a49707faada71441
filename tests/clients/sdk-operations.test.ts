import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administrator } from '../../local/workspace/identity/principals';
import { unknownOperation } from '../../local/workspace/left-out';
import { root } from '../support/declared';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';
import { casesOf, type Seen } from './python-cases';
import { seedLists } from './sdk-seed';

const missing = ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'];
const wrong = ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'];
const notThere = (path: string) => ['NotImplemented', unknownOperation('GET', path).message];
const robot = '11111111-2222-3333-4444-555555555555';

describe('operations of the workspace, by the unmodified Databricks SDK for Python and MLflow client', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'sdk-profile-'));
  let workspace: TestWorkspace;
  let seen: Seen;

  before(async () => {
    workspace = await startTestWorkspace({
      graceMilliseconds: 50,
      servicePrincipals: [{ applicationId: robot, displayName: 'robot', secret: 'robot-secret' }],
    });
    await seedLists(workspace);
    const profiles = join(folder, 'databrickscfg');
    writeFileSync(profiles, `[local]\nhost = ${workspace.url}\ntoken = ${workspace.token}\n`);
    seen = await runPythonClient('sdk_operations.py', [], {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      DATABRICKS_CONFIG_FILE: profiles,
      SERVED_REQUIREMENTS: join(root, 'samples', 'diabetes', 'requirements.txt'),
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await workspace?.stop();
  });

  casesOf(() => seen, {
    knows_who_it_is: [administrator().userName, true, true],
    says_how_it_signs_in: ['pat', true, ['Authorization']],
    signs_in_by_a_profile: ['local', true],
    signs_in_as_a_service_principal: ['oauth-m2m', robot],
    refuses_a_wrong_secret: true,
    refuses_a_wrong_token: ['PermissionDenied', 'Invalid access token'],
    knows_its_workspace: [true, true],
    calls_any_operation_by_path: ['by path', true],
    says_what_it_has_not: {
      clusters: notThere('/api/2.1/clusters/list'),
      repos: notThere('/api/2.0/repos'),
      dbfs: notThere('/api/2.0/dbfs/get-status'),
      policies: notThere('/api/2.0/policies/clusters/list'),
      nothing: ['NotImplemented', 'The local workspace does not know GET /api/2.0/no-such-thing.'],
    },
    keeps_secrets_in_scopes: ['a value', ['key'], ['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'], 0, missing],

    waits_for_a_run_and_is_told_of_its_states: ['SUCCESS', true, true, 'done'],
    waits_for_a_run_by_its_id: 'SUCCESS',
    gives_up_waiting_in_time: [true, 'CANCELED'],
    sees_why_a_run_failed: ['FAILED', true, true],
    submits_once_by_idempotency_token: [true, 'SUCCESS'],
    updates_a_pipeline_and_reads_its_events: ['COMPLETED', 'API_CALL', ['flow_progress', 'update_progress'], 'answers'],
    sees_why_a_pipeline_failed: [[], 'FAILED', true],
    edits_stops_and_deletes_a_pipeline: [['ResourceConflict', 'RESOURCE_CONFLICT'], 'renamed', missing],
    lists_pipelines_in_pages: Array.from({ length: 7 }, (_, number) => `paged-${number}`),
    creates_an_endpoint_and_waits_until_it_serves: ['READY', 'NOT_UPDATING', 'served-1'],
    queries_an_endpoint_in_every_form: [[7], [7, 7], [7], [7, 7, 7]],
    sees_why_a_query_is_refused: ['InvalidParameterValue', true, 'ResourceDoesNotExist'],
    updates_the_configuration_of_an_endpoint: [2, { A: '1' }],
    refuses_endpoints_of_what_is_not_there: [
      'ResourceDoesNotExist',
      ['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'],
      'ResourceDoesNotExist',
    ],
    changes_permissions_of_an_endpoint: [['CAN_MANAGE', 'CAN_QUERY', 'CAN_VIEW'], ['CAN_QUERY'], []],
    deletes_an_endpoint: [[], 'ResourceDoesNotExist'],

    makes_a_volume: ['dev.default.client', 'MANAGED'],
    writes_and_reads_bytes: [true, 1_048_576],
    moves_a_large_file_from_and_to_disk: true,
    lists_a_directory_in_pages: [23, '22.txt', 1, false],
    keeps_directories: [
      ['BadRequest', 'DIRECTORY_NOT_EMPTY'],
      ['NotFound', ''],
    ],
    deletes_files: [
      ['NotFound', 'NOT_FOUND'],
      ['NotFound', 'NOT_FOUND'],
    ],
    refuses_places_outside_volumes: [missing, wrong],
    copies_a_tree_as_databricks_fs_does: [['/copy/c.txt', '/copy/deep/b.txt'], 'deep/b.txt', false, true],
    imports_and_exports_a_notebook: ['NOTEBOOK', 'PYTHON', true],
    moves_a_jupyter_notebook_between_its_forms: [
      'NOTEBOOK',
      'PYTHON',
      true,
      [
        ['markdown', '# T'],
        ['code', '%pip install a\nprint(1)'],
      ],
      true,
    ],
    overwrites_only_when_asked: [['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'], 'third'],
    walks_and_removes_a_tree: [
      ['one', 'one/two', 'one/two/three'].map((name) => `/Shared/walk/${name}/f.txt`),
      ['BadRequest', 'DIRECTORY_NOT_EMPTY'],
      missing,
    ],
    refuses_formats_that_it_does_not_export: ['NotImplemented', 'NOT_IMPLEMENTED'],

    lists_250_jobs: [250, 250],
    lists_250_jobs_in_pages_of_7: [250, 250],
    lists_jobs_with_tasks: [1, 2],
    finds_a_job_by_name: ['seeded 17'],
    lists_1000_runs: [1000, 1000],
    lists_runs_between_times: [110, 109, 108, 107, 106, 105, 104, 103, 102, 101],
    lists_runs_of_all_jobs: [true, true],
    lists_5000_versions: [5000, 5000],
    lists_versions_in_pages_of_999: [5000, true],
    gets_the_last_version_by_alias: [5000, 'READY'],
    lists_models_of_a_schema: [120, 120],
    mlflow_searches_5000_versions: ['UcModelRegistryStore', true, 5],
    mlflow_searches_5000_versions_natively: ['UcNativeModelRegistryStore', true, 5],
    mlflow_pages_models: [120, true, 120],
    mlflow_reads_a_version_in_both_dialects: [
      ['4999', 'READY', 'dbfs:/seeded/many'],
      ['4999', 'READY', 'dbfs:/seeded/many'],
    ],
    mlflow_pages_1000_runs: [true, 4],
    mlflow_searches_runs_as_a_table: [500, ['odd']],
    sdk_pages_1000_runs_of_mlflow: [1000, 1000],
    sdk_searches_experiments: ['0', '1', '2', '3', '4'],
    refuses_a_foreign_page_token: [wrong, wrong],
  });
});
