import { randomUUID } from 'node:crypto';
import { CHECKOUT_TASK, DOWNLOAD_TASK } from '../expand/normal-form/step';
import type { StepPlan } from '../plan/pipeline-plan';
import type { StepRecord } from '../record/run-record';
import { mergedInputs } from '../task-environment';
import type { JobRequest } from './job-request';
import type { JobState } from './job-state';
import { JobVariables } from './job-variables';
import { resolveTask } from './tasks/resolve-task';
import { type StepTask, TaskInputs } from './tasks/step-task';

/** A step of a job with its record, and what its phases share. */
export interface JobStep {
  readonly plan: StepPlan;
  readonly task: StepTask;
  readonly record: StepRecord;
  readonly taskVariables: JobVariables;
  readonly phase: 'main' | 'post';
}

/**
 * The steps that a job carries out, in order: what it does by itself, its own that are enabled, then the post-job phases of their tasks,
 * the last first. @throws UnknownTask for a task that cannot be run here
 */
export function jobSteps(job: JobState): JobStep[] {
  const { request, options, variables } = job;
  const plans = [...implicitSteps(request), ...request.steps].filter(
    (plan) => variables.expand(plan.enabled).trim().toLowerCase() !== 'false' && !isOptOut(plan),
  );
  const checkouts = plans.filter(({ task }) => isTask(task, CHECKOUT_TASK));
  const nameOf = stepNames();
  const main = plans.map((plan, index): JobStep => {
    const task = resolveTask(plan, options, checkouts.length);
    const record = stepRecord(job, index, {
      name: plan.name ?? nameOf(task.reference),
      displayName: variables.expand(plan.displayName ?? task.displayName(shownInputs(task, plan, variables))),
      task: plan.task,
    });
    return { plan, task, record, taskVariables: new JobVariables([], job.masker), phase: 'main' };
  });
  const post = main
    .filter(({ task }) => task.post !== undefined)
    .toReversed()
    .map((step, index): JobStep => {
      const { name, displayName, task } = step.record;
      const record = stepRecord(job, main.length + index, { name, displayName: `Post-job: ${displayName}`, task });
      return { ...step, record, phase: 'post' };
    });
  return [...main, ...post];
}

/** What a job does without being told: check out its repository, or, in the hook `deploy`, download the artifacts of the run. */
function implicitSteps({ on, deployment, record, steps }: JobRequest): StepPlan[] {
  const first = steps[0];
  const has = (id: string) => steps.some(({ task }) => isTask(task, id));
  if (on === 'server' || first === undefined) {
    return [];
  }
  const implicit = (task: string, inputs: Readonly<Record<string, string>>): StepPlan => ({
    task,
    name: undefined,
    displayName: undefined,
    condition: undefined,
    continueOnError: 'false',
    enabled: 'true',
    timeoutInMinutes: '0',
    retryCountOnTaskFailure: '0',
    inputs,
    env: {},
    at: first.at,
  });
  if (deployment) {
    const downloads = record.hook === 'deploy' && !has(DOWNLOAD_TASK);
    return downloads ? [implicit(DOWNLOAD_TASK, { alias: 'current' })] : [];
  }
  return has(CHECKOUT_TASK) ? [] : [implicit(CHECKOUT_TASK, { repository: 'self' })];
}

/** `checkout: none` and `download: none` only say what the job is not to do by itself. */
function isOptOut({ task, inputs }: StepPlan): boolean {
  return (
    (isTask(task, CHECKOUT_TASK) && inputs['repository'] === 'none') ||
    (isTask(task, DOWNLOAD_TASK) && inputs['alias'] === 'none')
  );
}

function isTask(task: string, id: string): boolean {
  return task.toLowerCase() === id;
}

/** Inputs as far as a step's title may show them; a wrong one is said when the step runs. */
function shownInputs(task: StepTask, plan: StepPlan, variables: JobVariables): TaskInputs {
  const declared = task.declared ?? [];
  const known = Object.entries(plan.inputs).filter(([name]) =>
    declared.some((input) =>
      [input.name, ...(input.aliases ?? [])].some((other) => other.toLowerCase() === name.trim().toLowerCase()),
    ),
  );
  const merged = mergedInputs(declared, Object.fromEntries(known));
  return new TaskInputs(new Map([...merged].map(([name, value]) => [name, variables.expand(value)])));
}

/** Names of steps that have none of their own: the task's, from the second on with a number. [U]: how the service numbers them. */
function stepNames(): (reference: string) => string {
  const used = new Map<string, number>();
  return (reference) => {
    const count = used.get(reference) ?? 0;
    used.set(reference, count + 1);
    return count === 0 ? reference : `${reference}${count}`;
  };
}

function stepRecord(
  { request, masker }: JobState,
  index: number,
  named: Pick<StepRecord, 'name' | 'displayName' | 'task'>,
): StepRecord {
  return {
    ...named,
    displayName: masker.mask(named.displayName),
    id: randomUUID(),
    attempts: 0,
    log: `logs/${request.record.id}/${String(index + 1).padStart(3, '0')}.log`,
    message: '',
    progress: undefined,
    issues: [],
    attachments: [],
    state: 'pending',
    result: undefined,
    startedAt: undefined,
    finishedAt: undefined,
  };
}
