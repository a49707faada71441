import { encodeCommandData } from '../../logging-command';
import type { Result } from '../../record/run-record';
import type { TaskResult } from '../../task-result';
import { processLine } from '../commands/process-line';
import type { TaskStub } from '../job-request';
import { type StepTask, UNRESTRICTED } from './step-task';

const RESULTS: Readonly<Record<Result, TaskResult>> = {
  succeeded: 'Succeeded',
  succeededWithIssues: 'SucceededWithIssues',
  failed: 'Failed',
  canceled: 'Canceled',
  skipped: 'Skipped',
};

/** A task that is not run: it says so, sets the stub's outputs and ends with the stub's result. */
export function stubbedTask(task: string, stub: TaskStub): StepTask {
  return {
    reference: task.split('@')[0] ?? task,
    runsOn: 'anywhere',
    declared: undefined,
    restrictions: UNRESTRICTED,
    outputNames: new Set(),
    displayName: () => `${task} (stub)`,
    run: async (step) => {
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
