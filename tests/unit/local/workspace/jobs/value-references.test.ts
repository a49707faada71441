import assert from 'node:assert/strict';
import { conditionHolds } from '../../../../../local/workspace/jobs/conditions';
import type { Run, TaskRun } from '../../../../../local/workspace/jobs/types';
import { type ReferenceContext, resolveReferences } from '../../../../../local/workspace/jobs/value-references';

const prepare: TaskRun = {
  spec: { task_key: 'prepare' },
  attempts: [{ runId: '12', number: 0, phase: 'ENDED', startTime: 0, outcome: 'SUCCESS' }],
};
const train: TaskRun = {
  spec: { task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } },
  attempts: [
    { runId: '13', number: 0, phase: 'ENDED', startTime: 0, outcome: 'FAILED' },
    { runId: '14', number: 1, phase: 'PENDING', startTime: 0 },
  ],
};
const run: Run = {
  runId: '11',
  jobId: '9007199254740993',
  type: 'JOB_RUN',
  name: 'nightly',
  creator: { id: '1', userName: 'u', displayName: 'u', kind: 'user' },
  settings: { name: 'nightly' },
  jobParameters: [{ name: 'a.b', default: '', value: 'x' }],
  overriding: {},
  phase: 'RUNNING',
  startTime: Date.UTC(2026, 1, 3, 4, 5, 6),
  tasks: [prepare, train],
};

const context: ReferenceContext = {
  workspaceId: '77',
  workspaceUrl: 'http://127.0.0.1:1',
  run,
  task: train,
  taskValue: (runId, key) => (runId === '12' && key === 'rows' ? 5 : undefined),
  sqlRows: (runId) =>
    runId === '12'
      ? [
          { n: 3, name: 'a' },
          { n: 4, name: 'b' },
        ]
      : undefined,
};

function resolved(text: string): string {
  return resolveReferences(text, context);
}

describe('value references', () => {
  it('know the output of a SQL task, the input of an iteration, and references in the value of a job parameter', () => {
    assert.equal(resolved('{{tasks.prepare.output.rows}}'), '[{"n":3,"name":"a"},{"n":4,"name":"b"}]');
    assert.equal(resolved('{{tasks.prepare.output.first_row.n}}'), '3');
    assert.equal(resolved('{{tasks.prepare.output.first_row}}'), '{"n":3,"name":"a"}');
    assert.throws(() => resolved('{{tasks.train.output.rows}}'), /cannot be resolved/);
    assert.throws(() => resolved('{{input}}'), /cannot be resolved/);
    const iteration = { ...context, task: { ...train, input: { a: { b: [1, 'x'] }, plain: 'text' } } };
    assert.equal(
      resolveReferences('{{input.plain}} {{input.a.b}} {{input.a.b.1}} {{input}}', iteration),
      'text [1,"x"] x {"a":{"b":[1,"x"]},"plain":"text"}',
    );
    for (const name of ['input.__proto__', 'input.a.constructor', 'input.plain.length']) {
      assert.throws(() => resolveReferences(`{{${name}}}`, iteration), /cannot be resolved/);
    }
    const parameters = {
      ...context,
      run: {
        ...run,
        jobParameters: [
          { name: 'day', default: '', value: '{{job.start_time.iso_date}}' },
          { name: 'self', default: '', value: '{{job.parameters.self}}' },
        ],
      },
    };
    assert.equal(resolveReferences('{{job.parameters.day}}', parameters), '2026-02-03');
    assert.equal(resolveReferences('{{job.parameters.self}}', parameters), '{{job.parameters.self}}');
    assert.equal(resolved('{{job.start_time.iso_weekday}} {{job.start_time.is_weekday}}'), '2 true');
    const repaired = { ...run, rounds: [{ startTime: 0 }, { startTime: 1 }], parent: { runId: '1', attempt: '2' } };
    assert.equal(
      resolveReferences('{{job.repair_count}} {{job.trigger.type}}', { ...context, run: repaired }),
      '2 run_job_task',
    );
  });

  it('know the job, the task, other tasks and the workspace', () => {
    assert.equal(resolved('{{job.id}}/{{ job.run_id }}/{{job.name}}'), '9007199254740993/11/nightly');
    assert.equal(resolved('{{job.parameters.a.b}}'), 'x');
    assert.equal(
      resolved('{{job.start_time.iso_date}} {{job.start_time.timestamp_ms}}'),
      `2026-02-03 ${run.startTime}`,
    );
    assert.equal(resolved('{{task.name}} {{task.run_id}} {{task.execution_count}}'), 'train 14 2');
    assert.equal(resolved('{{tasks.prepare.values.rows}} {{tasks.prepare.result_state}}'), '5 success');
    assert.equal(resolved('{{workspace.id}}'), '77');
    assert.equal(resolved('{{run_id}} {{parent_run_id}} {{task_retry_count}}'), '14 11 1');
    assert.equal(resolved('no {reference} here'), 'no {reference} here');
  });

  it('fail on what means nothing', () => {
    for (const name of ['job.naem', 'job.parameters.none', 'tasks.none.run_id', 'tasks.prepare.values.none', 'x', '']) {
      assert.throws(() => resolved(`{{${name}}}`), /of task 'train' cannot be resolved/, name);
    }
  });
});

describe('condition tasks', () => {
  it('compare text for equality and numbers for order', () => {
    assert.equal(conditionHolds('EQUAL_TO', '1.0', '1'), false);
    assert.equal(conditionHolds('NOT_EQUAL', 'a', 'b'), true);
    assert.equal(conditionHolds('GREATER_THAN', '10', '9'), true);
    assert.equal(conditionHolds('LESS_THAN_OR_EQUAL', '9', '9.0'), true);
    assert.throws(() => conditionHolds('LESS_THAN', 'a', '1'), /not a number/);
    assert.throws(() => conditionHolds('LIKE', 'a', 'a'), /unknown operator 'LIKE'/);
  });
});
