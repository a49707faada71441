import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { forgetRepositories, GitRepository } from '../../../../support/git-repository';
import { createJob, outputOf, type RunReply, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const NOTEBOOK = `# Databricks notebook source
# MAGIC %run ./lib/shared

# COMMAND ----------

import os, root_module
dbutils.notebook.exit(f"{shared} {root_module.name} {os.path.basename(os.getcwd())}")
`;
const SHARED = '# Databricks notebook source\nshared = "one"\n';
const JUPYTER = JSON.stringify({
  cells: [{ cell_type: 'code', source: ['dbutils.notebook.exit("jupyter")'] }],
  metadata: {},
  nbformat: 4,
});
const FILES = {
  'notebooks/main.py': NOTEBOOK,
  'notebooks/lib/shared.py': SHARED,
  'notebooks/other.ipynb': JUPYTER,
  'root_module.py': 'name = "root"\n',
  'scripts/say.py':
    'import json, os, sys, beside\n' +
    "tags = json.loads(os.environ['MLFLOW_RUN_CONTEXT'])\n" +
    "print(sys.argv[1], beside.word, tags['mlflow.databricks.gitRepoCommit'], tags['mlflow.databricks.gitRepoReference'])\n",
  'scripts/beside.py': 'word = "beside"\n',
  'sql/count.sql': 'SELECT :n AS n',
};

interface GitRun extends RunReply {
  readonly git_source?: { readonly git_branch?: string; readonly git_snapshot?: { readonly used_commit: string } };
}

describe('runs with a Git source', () => {
  let workspace: TestWorkspace;
  let repository: GitRepository;
  let first: string;

  before(async () => {
    repository = new GitRepository();
    first = repository.commit(FILES, { tag: 'v1' });
    workspace = await startTestWorkspace({ python: systemPython() });
  });
  after(async () => {
    await workspace.stop();
    repository.remove();
    forgetRepositories();
  });

  const source = (reference: Record<string, string>, url = repository.url) => ({
    git_source: { git_url: url, git_provider: 'gitLab', ...reference },
  });
  const notebook = (name: string) => ({ task_key: 'n', notebook_task: { notebook_path: name } });
  const submit = async (body: Record<string, unknown>): Promise<GitRun> => {
    const reply = await workspace.call<{ run_id: string }>('POST', '/api/2.2/jobs/runs/submit', body);
    assert.equal(reply.status, 200, reply.text);
    return untilRun(workspace, reply.json.run_id) as Promise<GitRun>;
  };
  const resultOf = async (run: RunReply, key?: string) => {
    const output = await outputOf(workspace, run, key);
    assert.equal(output.error, undefined, JSON.stringify(output));
    return output.notebook_output?.result;
  };

  it('take notebooks, scripts and SQL files of a branch, and name the commit', async () => {
    const warehouses = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    const run = await submit({
      ...source({ git_branch: 'main' }),
      tasks: [
        notebook('notebooks/main'),
        { task_key: 'j', notebook_task: { notebook_path: 'notebooks/other' } },
        { task_key: 's', spark_python_task: { python_file: 'scripts/say.py', source: 'GIT', parameters: ['hi'] } },
        {
          task_key: 'q',
          sql_task: {
            warehouse_id: warehouses.json.warehouses[0]?.id,
            file: { path: 'sql/count.sql' },
            parameters: { n: '3' },
          },
        },
        {
          task_key: 'w',
          depends_on: [{ task_key: 'q' }],
          for_each_task: {
            inputs: '[1]',
            task: { task_key: 'i', notebook_task: { notebook_path: 'notebooks/other' } },
          },
        },
      ],
    });
    assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(run));
    assert.deepEqual(run.git_source?.git_snapshot, { used_commit: first });
    assert.equal(run.git_source?.git_branch, 'main');
    assert.equal(await resultOf(run, 'n'), 'one root notebooks');
    assert.equal(await resultOf(run, 'j'), 'jupyter');
    assert.equal((await outputOf(workspace, run, 's')).logs, `hi beside ${first} main\n`);
  });

  it('keep the commit of their first task when the branch moves on, and new runs take the new one', async () => {
    const jobId = await createJob(workspace, {
      ...source({ git_branch: 'moving' }),
      tasks: [notebook('a'), { ...notebook('b'), task_key: 'm', depends_on: [{ task_key: 'n' }] }],
    });
    const says = (word: string) => `# Databricks notebook source\ndbutils.notebook.exit("${word}")\n`;
    const old = repository.commit(
      { 'a.py': says('old'), 'b.py': '# Databricks notebook source\n1 / 0\n' },
      { branch: 'moving' },
    );
    const failed = (await untilRun(workspace, await runNow(workspace, jobId))) as GitRun;
    assert.equal(failed.state.result_state, 'FAILED');
    const next = repository.commit({ 'a.py': says('new'), 'b.py': says('fine') }, { branch: 'moving' });
    const repair = { run_id: failed.run_id, rerun_all_failed_tasks: true };
    assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/repair', repair)).status, 200);
    const again = (await untilRun(workspace, failed.run_id)) as GitRun;
    assert.deepEqual([again.state.result_state, again.git_source?.git_snapshot?.used_commit], ['FAILED', old]);
    const fresh = (await untilRun(workspace, await runNow(workspace, jobId))) as GitRun;
    assert.deepEqual([fresh.state.result_state, fresh.git_source?.git_snapshot?.used_commit], ['SUCCESS', next]);
    assert.deepEqual([await resultOf(fresh, 'n'), await resultOf(fresh, 'm')], ['new', 'fine']);
  });

  it('take tags, and commits by their whole hash or its beginning', async () => {
    for (const reference of [{ git_tag: 'v1' }, { git_commit: first }, { git_commit: first.slice(0, 10) }]) {
      const run = await submit({ ...source(reference), tasks: [notebook('notebooks/main')] });
      assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(run));
      assert.equal(run.git_source?.git_snapshot?.used_commit, first);
    }
  });

  it('leave nothing behind when they are deleted', async () => {
    const run = await submit({ ...source({ git_tag: 'v1' }), tasks: [notebook('notebooks/other')] });
    const folder = path.join(workspace.data, 'workspaces/local/git/runs');
    assert.ok(existsSync(path.join(folder, run.run_id)));
    await workspace.call('POST', '/api/2.2/jobs/runs/delete', { run_id: run.run_id });
    assert.ok(!existsSync(path.join(folder, run.run_id)));
    assert.equal(
      readdirSync(path.join(workspace.data, 'workspaces/local/git/mirrors')).length,
      1,
      'one copy a repository',
    );
  });

  for (const [what, reference, url, words] of [
    [
      'a branch',
      { git_branch: 'none' },
      undefined,
      /NOT_FOUND: .*models\.git has no branch 'none'\. Push it, or correct/,
    ],
    ['a tag', { git_tag: 'none' }, undefined, /NOT_FOUND: .* has no tag 'none'/],
    ['a commit', { git_commit: 'c'.repeat(40) }, undefined, /NOT_FOUND: .* has no commit 'cccc/],
    [
      'a server',
      { git_branch: 'main' },
      'https://no.example.invalid/r.git',
      /UNAVAILABLE: .*git ls-remote https:.*git says/,
    ],
  ] as const) {
    it(`fail where there is not ${what}, and say what to do`, async () => {
      const run = await submit({ ...source(reference, url), tasks: [notebook('notebooks/main')] });
      const [task] = run.tasks ?? [];
      assert.deepEqual(
        [task?.state.life_cycle_state, task?.state.result_state, task?.status.termination_details?.code],
        ['INTERNAL_ERROR', 'FAILED', 'REPOSITORY_CHECKOUT_FAILED'],
      );
      assert.match(task?.state.state_message ?? '', /^Failed to checkout Git repository: /);
      assert.match(task?.state.state_message ?? '', words);
      assert.equal(run.git_source?.git_snapshot, undefined);
    });
  }

  for (const [what, task, words] of [
    ['an absolute path', notebook('/notebooks/main'), /must be relative to the root of the Git repository/],
    ['an extension', notebook('notebooks/main.py'), /has an extension.*named without: 'notebooks\/main'/],
    ['a missing file', notebook('notebooks/none'), /'notebooks\/none' of the Git repository does not exist/],
    ['a path that climbs', notebook('../../../x'), /leads out of the folder of its sources/],
    ['a script', notebook('root_module'), /no notebook/],
  ] as const) {
    it(`refuse a notebook by ${what}`, async () => {
      const run = await submit({ ...source({ git_branch: 'main' }), tasks: [task] });
      assert.equal(run.tasks?.[0]?.state.result_state, 'FAILED');
      assert.match(run.tasks?.[0]?.state.state_message ?? '', words);
    });
  }

  it('refuse files that a link of the repository leads out to', async () => {
    repository.commit({ 'out.py': { linkTo: '/etc/passwd' } }, { branch: 'linked' });
    const script = { task_key: 's', spark_python_task: { python_file: 'out.py', source: 'GIT' } };
    const run = await submit({ ...source({ git_branch: 'linked' }), tasks: [script] });
    assert.match(run.tasks?.[0]?.state.state_message ?? '', /leads out of the folder/);
  });

  it('have tasks of the workspace beside those of the repository', async () => {
    await upload(workspace, '/Shared/here.py', '# Databricks notebook source\ndbutils.notebook.exit("here")\n');
    const task = { task_key: 'n', notebook_task: { notebook_path: '/Shared/here', source: 'WORKSPACE' } };
    const run = await submit({ ...source({ git_branch: 'none' }), tasks: [task] });
    assert.equal(await resultOf(run), 'here');
  });
});
