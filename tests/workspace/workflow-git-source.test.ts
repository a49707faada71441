import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runTask } from '../../src/agent/run-task';
import { readInputs } from '../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../tasks/DatabricksRunWorkflow/run';
import task from '../../tasks/DatabricksRunWorkflow/task.json';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { forgetRepositories, GitRepository } from '../support/git-repository';
import { systemPython } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const NOTEBOOK = `# Databricks notebook source
import json
dbutils.notebook.exit(json.dumps({"metrics": {"auc": 0.9}, "name": dbutils.widgets.get("name")}))
`;

describe('DatabricksRunWorkflow with a Git source', () => {
  let workspace: TestWorkspace;
  let repository: GitRepository;
  let commit: string;

  before(async () => {
    repository = new GitRepository();
    commit = repository.commit({ 'train/fit.py': NOTEBOOK, 'train/say.py': "print('said by the script')\n" });
    workspace = await startTestWorkspace({ python: systemPython() });
  });
  after(async () => {
    await workspace.stop();
    repository.remove();
    forgetRepositories();
  });

  async function submitted(reference: Record<string, string>): Promise<FakeHost> {
    const definition = {
      git_source: { git_url: repository.url, git_provider: 'azureDevOpsServices', ...reference },
      tasks: [
        { task_key: 'fit', notebook_task: { notebook_path: 'train/fit', base_parameters: { name: 'git' } } },
        { task_key: 'say', spark_python_task: { python_file: 'train/say.py', source: 'GIT' } },
      ],
    };
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', action: 'submit', definition: JSON.stringify(definition) },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
    });
    await runTask(task, readInputs, run, host);
    return host;
  }

  it('runs what the repository has, uploads nothing, and hands results on', async () => {
    const host = await submitted({ git_commit: commit });
    assert.equal(host.result, 'Succeeded', host.printed);
    const { tasks } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    const results = Object.fromEntries(
      tasks.map((each: { taskKey: string; notebookResult?: string }) => [each.taskKey, each.notebookResult]),
    );
    assert.deepEqual(results, { fit: '{"metrics": {"auc": 0.9}, "name": "git"}', say: undefined });
    assert.doesNotMatch(host.printed, /upload/i);
    const shown = await workspace.call<{ git_source: { git_snapshot: { used_commit: string } } }>(
      'GET',
      `/api/2.2/jobs/runs/get?run_id=${host.outputs.get('runId')}`,
    );
    assert.equal(shown.json.git_source.git_snapshot.used_commit, commit);
  });

  it('fails with the reason of the workspace where the repository has no such branch', async () => {
    const host = await submitted({ git_branch: 'none' });
    assert.equal(host.result, 'Failed', host.printed);
    assert.match(host.printed, /Failed to checkout Git repository: NOT_FOUND: .* has no branch 'none'/);
    assert.equal(host.outputs.get('failedTasks'), 'fit,say');
  });
});
