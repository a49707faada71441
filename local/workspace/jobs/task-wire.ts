import { integerId } from '../../../src/json';
import type { JobSettings, TaskSpec } from './types';

/** A declared task as the API shows it: the id of another job is a number there, also in the task of a for-each task. */
export function specOnWire(spec: TaskSpec): Record<string, unknown> {
  const { run_job_task: runJob, for_each_task: forEach } = spec;
  return {
    ...spec,
    ...(runJob === undefined ? {} : { run_job_task: { ...runJob, job_id: integerId(runJob.job_id) } }),
    ...(forEach === undefined ? {} : { for_each_task: { ...forEach, task: specOnWire(forEach.task) } }),
  };
}

/** Settings of a job as the API shows them. */
export function settingsOnWire(settings: JobSettings): Record<string, unknown> {
  return { ...settings, ...(settings.tasks === undefined ? {} : { tasks: settings.tasks.map(specOnWire) }) };
}
