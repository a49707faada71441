import assert from 'node:assert/strict';
import { createJob, runNow, untilRun } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const NOTEBOOK = { task_key: 'a', notebook_task: { notebook_path: '/Shared/n' } };
const CONDITION = { task_key: 'c', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } };
const GIT = { git_url: 'https://dev.azure.com/org/p/_git/r', git_provider: 'azureDevOpsServices' };

describe('settings of jobs', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'v']));
  const list = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const at = (task: Record<string, unknown>) => ({ tasks: [task] });

  /** What is refused with which words, and the same thing within its limit. */
  const cases: readonly (readonly [string, Record<string, unknown>, RegExp, Record<string, unknown>])[] = [
    ['description', { description: 'x'.repeat(27_701) }, /27700 bytes/, { description: 'x'.repeat(27_700) }],
    ['tags', { tags: named(26) }, /At most 25 tags/, { tags: named(25) }],
    [
      'webhooks of an event',
      { webhook_notifications: { on_failure: list(4, (id) => ({ id: String(id) })) } },
      /At most 3 webhook_notifications\.on_failure/,
      { webhook_notifications: { on_failure: list(3, (id) => ({ id: String(id) })) } },
    ],
    [
      'sets of environment variables',
      { environment_variables: list(11, (key) => ({ environment_variables_key: `k${key}` })) },
      /At most 10 entries of environment_variables/,
      { environment_variables: list(10, (key) => ({ environment_variables_key: `k${key}` })) },
    ],
    [
      'the performance target',
      { performance_target: 'FAST' },
      /performance_target must be STANDARD or PERFORMANCE_OPTIMIZED/,
      { performance_target: 'STANDARD' },
    ],
    ['the edit mode', { edit_mode: 'OPEN' }, /edit_mode must be EDITABLE or UI_LOCKED/, { edit_mode: 'UI_LOCKED' }],
    [
      'run_as',
      { run_as: { user_name: 'a@b.c', service_principal_name: 'd' } },
      /run_as must have exactly one of/,
      { run_as: { user_name: 'a@b.c' } },
    ],
    ['nobody as run_as', { run_as: {} }, /it has none/, { run_as: { group_name: 'g' } }],
    [
      'the Git provider',
      { git_source: { ...GIT, git_provider: 'svn', git_branch: 'main' } },
      /^git_source\.git_provider must be one of: github,gitlab,/,
      { git_source: { ...GIT, git_branch: 'main' } },
    ],
    [
      'the Git reference',
      { git_source: { ...GIT, git_branch: 'main', git_tag: 'v1' } },
      /exactly one of git_branch, git_tag, git_commit, it has git_branch, git_tag/,
      { git_source: { ...GIT, git_commit: 'c0ffee0' } },
    ],
    [
      'what starts a job',
      { triggers: [{}], schedule: { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC' } },
      /only one of schedule, trigger, triggers and continuous/,
      { schedule: { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC' } },
    ],
    [
      'compute',
      at({ ...NOTEBOOK, existing_cluster_id: 'a', new_cluster: {} }),
      /at most one of existing_cluster_id, new_cluster/,
      at({ ...NOTEBOOK, new_cluster: {} }),
    ],
    [
      'job clusters',
      at({ ...NOTEBOOK, job_cluster_key: 'none' }),
      /names the job cluster 'none', which the job does not define/,
      { ...at({ ...NOTEBOOK, job_cluster_key: 'k' }), job_clusters: [{ job_cluster_key: 'k', new_cluster: {} }] },
    ],
    ['retries', at({ ...NOTEBOOK, max_retries: -2 }), /-1 \(for ever\) or more/, at({ ...NOTEBOOK, max_retries: -1 })],
    [
      'dbt commands',
      at({ task_key: 'd', dbt_task: { commands: list(11, () => 'dbt run') } }),
      /at most 10 commands/,
      at({ task_key: 'd', dbt_task: { commands: list(10, () => 'dbt run') } }),
    ],
    [
      'the sides of a condition',
      at({ task_key: 'c', condition_task: { op: 'EQUAL_TO', left: '1' } }),
      /must have right/,
      at({ task_key: 'c', condition_task: { op: 'EQUAL_TO', left: '1', right: '' } }),
    ],
    [
      'the outcome of a dependency',
      { tasks: [CONDITION, { ...NOTEBOOK, depends_on: [{ task_key: 'c', outcome: 'maybe' }] }] },
      /is true or false, not 'maybe'/,
      { tasks: [CONDITION, { ...NOTEBOOK, depends_on: [{ task_key: 'c', outcome: 'true' }] }] },
    ],
  ];
  for (const [what, beyond, words, within] of cases) {
    it(`keep to the limits of the service: ${what}`, async () => {
      const create = (fields: Record<string, unknown>) =>
        workspace.call<{ message: string }>('POST', '/api/2.2/jobs/create', { tasks: [NOTEBOOK], ...fields });
      const refused = await create(beyond);
      assert.equal(refused.status, 400, refused.text);
      assert.match(refused.json.message, words);
      const taken = await create(within);
      assert.equal(taken.status, 200, taken.text);
    });
  }

  it('with a Git source have notebooks and SQL files there, scripts not', async () => {
    const jobId = await createJob(workspace, {
      git_source: { ...GIT, git_branch: 'main' },
      tasks: [
        NOTEBOOK,
        { task_key: 'b', sql_task: { warehouse_id: 'w', file: { path: 'a.sql' } } },
        { task_key: 'c', spark_python_task: { python_file: '/Shared/a.py' } },
      ],
    });
    const { json } = await workspace.call<{
      settings: { tasks: Record<string, { source?: string; file?: unknown }>[] };
    }>('GET', `/api/2.2/jobs/get?job_id=${jobId}`);
    const [notebook, sql, script] = json.settings.tasks;
    assert.equal(notebook?.notebook_task?.source, 'GIT');
    assert.deepEqual(sql?.sql_task?.file, { path: 'a.sql', source: 'GIT' });
    assert.equal(script?.spark_python_task?.source, undefined);
  });

  it('are shown by the run that they began', async () => {
    const declared = {
      description: 'what it is for',
      job_clusters: [{ job_cluster_key: 'k', new_cluster: { num_workers: 1 } }],
      schedule: { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' },
      git_source: { ...GIT, git_branch: 'main' },
    };
    const jobId = await createJob(workspace, { ...declared, performance_target: 'STANDARD', tasks: [CONDITION] });
    const runId = await runNow(workspace, jobId);
    const run = { ...(await untilRun(workspace, runId)) } as unknown as Record<string, unknown>;
    assert.deepEqual(Object.fromEntries(Object.keys(declared).map((name) => [name, run[name]])), declared);
    assert.deepEqual(
      [run.effective_performance_target, run.attempt_number, run.original_attempt_run_id],
      ['STANDARD', 0, runId],
    );
    const runs = `/api/2.2/jobs/runs/list?job_id=${jobId}`;
    const short = await workspace.call<{ runs: Record<string, unknown>[] }>('GET', runs);
    assert.equal(short.json.runs[0]?.job_clusters, undefined);
    const long = await workspace.call<{ runs: Record<string, unknown>[] }>('GET', `${runs}&expand_tasks=true`);
    assert.deepEqual(long.json.runs[0]?.job_clusters, declared.job_clusters);
  });
});
