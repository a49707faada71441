import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentStep, HANDLERS } from '../support/agent-step';

const TASKS = readdirSync('tasks').sort();

describe('every built bundle', () => {
  it('is there for every task', () => {
    assert.deepEqual(readdirSync(join('dist', 'tasks')).sort(), TASKS);
  });

  for (const task of TASKS) {
    for (const { name, node } of HANDLERS) {
      it(`${task} says what is missing, sets all its outputs and exits with 0 (${name})`, async () => {
        const result = await agentStep(task, { node });
        assert.equal(result.result, 'Failed');
        assert.equal(result.exitCode, 0, 'the result is said by command, not by exit code');
        assert.equal(result.issues.length, 1, result.output);
        assert.match(result.issues[0]?.code ?? '', /^[A-Z_]+$/);
        assert.doesNotMatch(result.output, /^\s+at .*\(/m, 'no stack trace');
        const declared: { name: string }[] = JSON.parse(
          readFileSync(join('tasks', task, 'task.json'), 'utf8'),
        ).outputVariables;
        assert.deepEqual(Object.keys(result.outputs).sort(), declared.map((output) => output.name).sort());
        assert.equal(result.outputs['result'], 'failed');
        assert.ok(result.commands.some(({ event }) => event === 'uploadsummary'));
        assert.ok(result.commands.some(({ event }) => event === 'addattachment'));
      });
    }
  }
});
