import { encodeCommandData } from '../../logging-command';
import type { Result } from '../../record/run-record';
import type { TaskResult } from '../../task-result';
import { processLine } from '../commands/process-line';
import type { TaskStub } from '../job-request';
import { skipWithoutConnection } from './bundled-task';
import { type StepTask, UNRESTRICTED } from './step-task';

const RESULTS: Readonly<Record<Result, TaskResult>> = {
  succeeded: 'Succeeded',
  succeededWithIssues: 'SucceededWithIssues',
  failed: 'Failed',
  canceled: 'Canceled',
  skipped: 'Skipped',
};

/**
 * A task that is not run: it says so, sets the stub's outputs and ends with the stub's result. Where the task itself would be skipped for want of
 * a connection, so is its stub: a fork's run must not look tested.
 * @param connected inputs that name a connection
 */
export function stubbedTask(task: string, stub: TaskStub, connected: readonly string[]): StepTask {
  return {
    reference: task.split('@')[0] ?? task,
    runsOn: 'anywhere',
    declared: undefined,
    restrictions: UNRESTRICTED,
    outputNames: new Set(),
    displayName: () => `${task} (stub)`,
    run: async (step, inputs) => {
      if (step.job.request.withholdsConnections && connected.some((input) => inputs.get(input).trim() !== '')) {
        skipWithoutConnection(step);
        return;
      }
      step.print(stub.message ?? `${task} is not run here: a stub stands in for it.`);
      for (const [name, value] of Object.entries(stub.outputs)) {
        processLine(
          step,
          `##vso[task.setvariable variable=${encodeCommandData(name)};isOutput=true]${encodeCommandData(value)}`,
        );
      }
      step.result = RESULTS[stub.result];
      if (stub.result === 'failed') {
        step.error(`The stub of ${task} fails.`);
      }
    },
  };
}
