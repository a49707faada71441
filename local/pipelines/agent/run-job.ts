import { counted } from '../../../src/counted';
import { killTree } from '../../workspace/jobs/process-runner';
import type { JobRecord } from '../record/run-record';
import type { AgentOptions } from './agent-options';
import { JobCancellation } from './job-cancellation';
import { learnConnections } from './job-connections';
import { emptyTemp, jobFolders, makeFolders } from './job-folders';
import { jobMarker } from './job-marker';
import type { JobOutcome, JobRequest, RunEvents } from './job-request';
import type { JobState } from './job-state';
import { type JobStep, jobSteps } from './job-steps';
import { JobVariables } from './job-variables';
import { predefinedVariables } from './predefined-variables';
import { RESULTS, runStep } from './run-step';
import { SecretMasker } from './secret-masker';
import { UnknownTask } from './tasks/resolve-task';

/**
 * Carries out a job as the agent of Azure Pipelines does: folders, variables, checkout, steps, post-job phases, cancel. Steps are added to
 * the job's record. What goes wrong in a step is its result; a job that cannot begin has failed, and its note says why.
 * @param options the clock must truly wait or be moved by its owner: time-outs are sleeps on it
 */
export async function runJob(job: JobRequest, events: RunEvents, options: AgentOptions): Promise<JobOutcome> {
  const { record } = job;
  record.state = 'inProgress';
  record.startedAt ??= new Date(options.clock.now()).toISOString();
  const state = jobState(job, events, options);
  const cancellation = new JobCancellation(options.clock, job, () => {
    state.canceled = true;
    state.result = 'Canceled';
    state.variables.set('Agent.JobStatus', 'Canceled');
  });
  if (job.on === 'agent') {
    makeFolders(state.folders);
  }
  try {
    const steps = jobSteps(state);
    learnConnections(state, steps);
    record.steps.push(...steps.map((step) => step.record));
    events.changed();
    cancellation.begin(job.signal);
    await runSteps(state, steps, cancellation);
  } catch (error) {
    if (!(error instanceof UnknownTask)) {
      throw error;
    }
    state.result = 'Failed';
    record.note = state.masker.mask(error.message);
  } finally {
    await cancellation.end();
    if (job.on === 'agent') {
      await leaveNothing(state);
    }
  }
  return outcomeOf(state, cancellation);
}

function jobState(request: JobRequest, events: RunEvents, options: AgentOptions): JobState {
  const masker = new SecretMasker();
  masker.add(request.jobAccessToken);
  const folders = jobFolders(request.folder);
  const variables = new JobVariables([...request.variables, ...predefinedVariables(request, folders)], masker);
  return {
    request,
    events,
    options,
    folders,
    masker,
    variables,
    connections: new Map(),
    prependedPaths: [],
    outputs: new Map(),
    details: new Map(),
    result: undefined,
    canceled: false,
  };
}

async function runSteps(state: JobState, steps: readonly JobStep[], cancellation: JobCancellation): Promise<void> {
  for (const step of steps) {
    if (cancellation.outOfTime) {
      step.record.state = 'completed';
      step.record.result = 'canceled';
      step.record.message = 'The time for the cancel of the job was over before the step began.';
      continue;
    }
    await runStep(state, step, cancellation);
  }
}

/** Ends processes that steps left behind, then empties the temporary folder. */
async function leaveNothing({ request, folders }: JobState): Promise<void> {
  await killTree(undefined, jobMarker(request.record.id));
  emptyTemp(folders);
}

function outcomeOf(state: JobState, cancellation: JobCancellation): JobOutcome {
  const { record } = state.request;
  record.result = RESULTS[state.result ?? 'Succeeded'];
  record.state = 'completed';
  record.finishedAt = new Date(state.options.clock.now()).toISOString();
  explain(record, cancellation, state.request.timeoutMinutes);
  state.events.changed();
  return { result: record.result, outputs: state.outputs };
}

function explain(record: JobRecord, { cause, outOfTime }: JobCancellation, timeoutMinutes: number): void {
  if (cause === 'timeout') {
    record.note = `The job ran longer than its time-out of ${counted(timeoutMinutes, 'minute')}.`;
  } else if (outOfTime) {
    record.note = 'The job did not end within the time-out of its cancel; what was left of it was killed.';
  }
}
