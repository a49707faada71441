import { processLine } from '../commands/process-line';
import { runStepProcess, type StepProcessEnd, type StepProcessStart } from '../step-process';
import { StepFailure, type StepRun } from '../step-run';

/** A process of a step whose lines are its output. */
export interface InStep extends Pick<StepProcessStart, 'command' | 'args' | 'cwd' | 'env'> {
  readonly firstSignal?: NodeJS.Signals;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/**
 * Runs a process whose output belongs to the step: commands in it are carried out, everything else is shown.
 * @throws StepFailure when the program does not exist
 */
export async function runInStep(step: StepRun, start: InStep): Promise<StepProcessEnd> {
  try {
    return await runStepProcess({
      ...start,
      marker: markerOf(step),
      env: { ...start.env, ...markedEnvironment(step) },
      clock: step.job.options.clock,
      signal: step.ending.signal,
      killSignal: step.killing.signal,
      margin: () => step.job.masker.longest,
      onLine: start.onLine ?? ((line) => processLine(step, line)),
    });
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw new StepFailure(
        `The program '${start.command}' cannot be started in ${start.cwd}: it is not there or may not be run.`,
      );
    }
    throw error;
  }
}

function markedEnvironment(step: StepRun): Record<string, string> {
  return { SYSTEM_TASKINSTANCEID: step.record.id, VSTS_PROCESS_LOOKUP_ID: `vsts_${step.job.request.record.id}` };
}

/** By this the processes of a step are known. */
function markerOf(step: StepRun): string {
  return `SYSTEM_TASKINSTANCEID=${step.record.id}`;
}
