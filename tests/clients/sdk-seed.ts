import assert from 'node:assert/strict';
import type { TestWorkspace } from '../support/local-workspace';

/** Fills a workspace with what lists are paged on: 250 jobs, 1 000 runs of jobs and of MLflow each, 5 000 versions of a model, 120 models. */
export async function seedLists(workspace: TestWorkspace): Promise<void> {
  const task = { task_key: 'a', spark_python_task: { python_file: '/Shared/none.py' } };
  await seed(workspace, 'jobs', {
    jobs: [
      { settings: { name: 'busy', tasks: [task] }, runs: { count: 1000, start_time: 1000, interval_ms: 1000 } },
      { settings: { name: 'seeded', tasks: [task, { ...task, task_key: 'b' }] }, count: 250 },
    ],
  });
  const named = Array.from({ length: 120 }, (_, index) => ({ full_name: `dev.default.one_of_${index}` }));
  const many = {
    full_name: 'dev.default.many',
    aliases: [{ alias_name: 'newest' }],
    versions: { count: 5000, source: 'dbfs:/seeded/many' },
  };
  await seed(workspace, 'models', { models: [many, ...named] });
  const made = await workspace.call<{ experiment_id: string }>('POST', '/api/2.0/mlflow/experiments/create', {
    name: '/Shared/seeded',
  });
  await seed(workspace, 'experiments', {
    experiments: [{ experiment_id: made.json.experiment_id, runs: { count: 1000 } }],
  });
}

async function seed(workspace: TestWorkspace, kind: string, body: unknown): Promise<void> {
  const reply = await workspace.call('POST', `/local/seed/${kind}`, body);
  assert.equal(reply.status, 200, reply.text);
}
