import { StepFailure, type StepRun } from './step-run';

/** Retries of a step beyond which nothing is tried. Source: azure-pipelines-agent, Agent.Worker/TaskRunner.cs. */
const MOST_RETRIES = 10;

/**
 * Carries a step's task out, and again when it fails: after 1, 4, 9 … seconds. A step that is cancelled or out of time is not tried again.
 * Source: azure-pipelines-agent, Agent.Worker/RetryHelper.cs.
 * @throws what the last attempt threw
 */
export async function runAttempts(step: StepRun, retries: number, attempt: () => Promise<void>): Promise<void> {
  const most = Math.min(retries, MOST_RETRIES);
  if (retries > MOST_RETRIES) {
    step.warning(`retryCountOnTaskFailure is ${retries}; a task is retried at most ${MOST_RETRIES} times.`);
  }
  for (let retry = 0; ; retry += 1) {
    step.record.attempts = retry + 1;
    const failure = await failureOf(step, attempt);
    if (failure === undefined) {
      return;
    }
    if (retry >= most || step.ending.signal.aborted) {
      if (failure.error !== undefined) {
        throw failure.error;
      }
      return;
    }
    const delay = (retry + 1) ** 2 * 1000;
    step.warning(`The task failed${failure.reason}. It is tried again (${retry + 1} of ${most}) after ${delay} ms.`);
    step.result = undefined;
    await step.job.options.clock.sleep(delay, step.ending.signal);
  }
}

async function failureOf(
  step: StepRun,
  attempt: () => Promise<void>,
): Promise<{ readonly error?: unknown; readonly reason: string } | undefined> {
  try {
    await attempt();
    return step.result === 'Failed' ? { reason: '' } : undefined;
  } catch (error) {
    return { error, reason: error instanceof StepFailure ? `: ${error.message.replace(/\.$/, '')}` : '' };
  }
}
