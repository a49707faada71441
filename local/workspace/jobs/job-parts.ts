import type { Workspace } from '../api';
import { type Fields, invalid, requiredText } from '../fields';
import type { RunCheckouts } from '../git/run-checkouts';
import type { JobRunner } from './job-runner';
import type { FoundAttempt, JobStore, RunStore } from './run-store';
import type { Job, Run } from './types';

/** What the operations on jobs work with. */
export interface JobParts {
  readonly workspace: Workspace;
  readonly jobs: JobStore;
  readonly runs: RunStore;
}

/** What the operations on runs work with. */
export interface RunParts extends JobParts {
  readonly runner: JobRunner;
  readonly checkouts: RunCheckouts;
}

/** @throws ApiError 400 INVALID_PARAMETER_VALUE in the words that clients take for "not found" (databricks-api 1.3) */
export function knownJob(jobs: JobStore, fields: Fields): Job {
  const jobId = requiredText(fields, 'job_id');
  const job = jobs.get(jobId);
  if (job === undefined) {
    throw invalid(`Job ${jobId} does not exist.`);
  }
  return job;
}

export type Found = { readonly run: Run } | FoundAttempt;

/** @throws ApiError 400 in the words that clients take for "not found" (databricks-api 1.3) */
export function knownRun({ runs }: RunParts, fields: Fields): Found {
  const runId = requiredText(fields, 'run_id');
  const run = runs.get(runId);
  const found: Found | undefined = run === undefined || run.iterations !== undefined ? runs.attempt(runId) : { run };
  if (found === undefined) {
    throw invalid(`Run ${runId} does not exist.`);
  }
  return found;
}
