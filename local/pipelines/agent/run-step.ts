import { counted } from '../../../src/counted';
import { describePlace } from '../expand/place';
import type { StepPlan } from '../plan/pipeline-plan';
import type { Result } from '../record/run-record';
import { stepConditionHolds } from '../run/expressions/step-condition';
import { mergedInputs, rootedInputs } from '../task-environment';
import { mergeResults, type TaskResult } from '../task-result';
import type { JobCancellation } from './job-cancellation';
import type { JobState } from './job-state';
import type { JobStep } from './job-steps';
import { runAttempts } from './step-attempts';
import { expandInStep } from './step-environment';
import { ProgramFailure, type Restrictions, StepFailure, StepRun } from './step-run';
import { TaskInputs } from './tasks/step-task';

const MINUTE_MS = 60_000;
export const RESULTS: Readonly<Record<TaskResult, Result>> = {
  Succeeded: 'succeeded',
  SucceededWithIssues: 'succeededWithIssues',
  Failed: 'failed',
  Canceled: 'canceled',
  Skipped: 'skipped',
  Abandoned: 'canceled',
};

/** What both the task and the step's target allow. */
function restrictionsOf({ restrictedMode, settableVariables }: Restrictions, { target }: StepPlan): Restrictions {
  const own = target?.settableVariables;
  return {
    restrictedMode: restrictedMode || target?.restrictedCommands === true,
    settableVariables: own === undefined ? settableVariables : [...settableVariables, own],
  };
}

/**
 * One step from its condition to its result. A cancel ends it unless its condition holds for a cancelled job; a time-out fails it.
 * Never throws: what goes wrong is the step's result. Source: azure-pipelines-agent, Agent.Worker/StepsRunner.cs.
 */
export async function runStep(job: JobState, jobStep: JobStep, cancellation: JobCancellation): Promise<void> {
  const { plan, task, record, taskVariables } = jobStep;
  const { request, events, options, variables } = job;
  record.state = 'inProgress';
  record.startedAt = new Date(options.clock.now()).toISOString();
  const step = new StepRun({
    job,
    plan,
    record,
    taskVariables,
    restrictions: restrictionsOf(task.restrictions, plan),
    outputNames: task.outputNames,
  });
  events.stepStarted(request.record, record);
  for (const { message } of variables.recalculate()) {
    step.warning(message);
  }
  for (const [name, value] of [
    ['System.TaskInstanceId', record.id],
    ['System.TaskInstanceName', record.name],
    ['System.TaskDisplayName', record.displayName],
    ['Task.DisplayName', record.displayName],
  ] as const) {
    variables.set(name, value);
  }
  try {
    const runs = conditionHolds(step, jobStep);
    if (!runs) {
      step.print(`Skipped: its condition ${plan.condition ?? 'succeeded()'} does not hold.`);
    }
    step.result = runs ? await runWithin(step, jobStep, cancellation) : 'Skipped';
  } catch (error) {
    fail(step, error);
  }
  finish(step);
}

/** @throws ExpandError for a condition that cannot be evaluated */
function conditionHolds({ job }: StepRun, { plan, phase }: JobStep): boolean {
  return (
    phase === 'post' ||
    stepConditionHolds(plan.condition, {
      variables: job.variables.all(),
      jobStatus: RESULTS[job.result ?? 'Succeeded'],
      canceled: job.canceled,
      at: plan.at,
    })
  );
}

/** Runs the step's task until it is over, cancelled or out of time. */
async function runWithin(step: StepRun, jobStep: JobStep, cancellation: JobCancellation): Promise<TaskResult> {
  const { plan, record, task } = jobStep;
  const { clock } = step.job.options;
  const minutes = task.keepsOwnTimeout === true ? 0 : numberOf(step, plan.timeoutInMinutes, 'timeoutInMinutes');
  step.print(`##[section]Starting: ${record.displayName}`);
  const over = new AbortController();
  const unlink = cancellation.duringStep({
    canceled: () => {
      if (!conditionHolds(step, jobStep)) {
        step.error('The step was canceled.');
        step.ending.abort();
      }
    },
    outOfTime: () => {
      step.ending.abort();
      step.killing.abort();
    },
  });
  let timedOut = false;
  const timer =
    minutes === 0
      ? Promise.resolve()
      : clock.sleep(minutes * MINUTE_MS, over.signal).then(
          () => {
            timedOut = true;
            step.ending.abort();
          },
          () => undefined, // the step ended in time
        );
  try {
    const retries = numberOf(step, plan.retryCountOnTaskFailure, 'retryCountOnTaskFailure');
    await runAttempts(step, retries, () => carryOut(step, jobStep));
  } catch (error) {
    if (step.ending.signal.aborted) {
      step.debug(`Ended: ${messageOf(error)}`);
    } else {
      fail(step, error);
    }
  } finally {
    over.abort();
    unlink();
    await timer;
  }
  await step.finishBegun();
  if (step.ending.signal.aborted) {
    step.result = timedOut ? 'Failed' : 'Canceled';
    if (timedOut) {
      fail(step, new StepFailure(`The step ran longer than its time-out of ${counted(minutes, 'minute')}.`));
    }
  }
  return withContinueOnError(step, mergedResult(step));
}

async function carryOut(step: StepRun, { plan, task, phase }: JobStep): Promise<void> {
  const on = step.job.request.on;
  if (task.runsOn !== 'anywhere' && task.runsOn !== on) {
    const needed = task.runsOn === 'server' ? 'pool: server' : 'an agent pool';
    throw new StepFailure(`Task ${plan.task} at ${describePlace(plan.at)} needs a job with ${needed}.`);
  }
  const given = new TaskInputs(inputsOf(step, task.declared, plan));
  await (phase === 'post' ? task.post?.(step, given) : task.run(step, given));
}

function inputsOf(step: StepRun, declared: JobStep['task']['declared'], { task, inputs, at }: JobStep['plan']) {
  if (declared === undefined) {
    return new Map(Object.entries(inputs));
  }
  try {
    const merged = [...mergedInputs(declared, inputs)];
    const expanded = new Map(merged.map(([name, value]) => [name, expandInStep(step, value)]));
    return rootedInputs(declared, expanded, step.workingDirectory);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new StepFailure(`Task ${task} at ${describePlace(at)}: ${error.message}.`);
    }
    throw error;
  }
}

function mergedResult(step: StepRun): TaskResult {
  const own = step.result ?? 'Succeeded';
  return step.commandResult === undefined ? own : mergeResults(own, step.commandResult);
}

function withContinueOnError(step: StepRun, result: TaskResult): TaskResult {
  const goesOn = step.job.variables.expand(step.plan.continueOnError).trim().toLowerCase() === 'true';
  return result === 'Failed' && goesOn ? 'SucceededWithIssues' : result;
}

function fail(step: StepRun, error: unknown): void {
  const told = error instanceof ProgramFailure ? step.record.issues.find(({ type }) => type === 'error') : undefined;
  step.error(messageOf(error));
  if (step.record.message === '') {
    step.say(told?.message ?? messageOf(error));
  }
  step.result = 'Failed';
}

function finish(step: StepRun): void {
  const { job, record } = step;
  if (record.startedAt !== undefined && step.result !== 'Skipped') {
    step.print(`##[section]Finishing: ${record.displayName}`);
  }
  record.result = RESULTS[step.result ?? 'Succeeded'];
  record.state = 'completed';
  record.finishedAt = new Date(job.options.clock.now()).toISOString();
  step.close();
  if (step.result === 'SucceededWithIssues' || step.result === 'Failed') {
    job.result = mergeResults(job.result, step.result);
  }
  job.variables.set('Agent.JobStatus', job.result ?? 'Succeeded');
  job.events.stepFinished(job.request.record, record);
}

function numberOf(step: StepRun, text: string, name: string): number {
  const value = step.job.variables.expand(text).trim();
  const number = Number(value === '' ? '0' : value);
  if (!Number.isInteger(number) || number < 0) {
    throw new StepFailure(`${name} is '${value}', not a whole number from 0 on.`);
  }
  return number;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
