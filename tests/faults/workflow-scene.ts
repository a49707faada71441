import type { ServiceConnection } from '../../src/agent/host';
import { runAfterJob } from '../../src/agent/run-after-job';
import { runTask } from '../../src/agent/run-task';
import { readInputs } from '../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob, run } from '../../tasks/DatabricksRunWorkflow/run';
import task from '../../tasks/DatabricksRunWorkflow/task.json';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { createJob, type RunReply } from '../support/jobs';
import { type GatedJobs, startGatedJobs, TRAIN } from './scenes/gated-jobs';

/** Jobs, and steps that run them. */
export interface WorkflowScene extends GatedJobs {
  /** A new job, and the place in a pipeline of the step that runs it. */
  newStep(): Promise<WorkflowStep>;
}

/** A step that can be run again under its own key. */
export interface WorkflowStep {
  readonly jobId: string;
  /** The MLflow run that the job names. */
  readonly mlflowRunId: string;
  run(inputs?: Record<string, string>, connection?: ServiceConnection): Promise<FakeHost>;
  /** The post-job phase after a step. */
  afterJob(host: FakeHost): Promise<void>;
  /** Every run of the job. */
  runs(): Promise<readonly RunReply[]>;
}

export async function startWorkflowScene(): Promise<WorkflowScene> {
  const jobs = await startGatedJobs();
  const { workspace, clock } = jobs;
  await workspace.call('POST', '/api/2.0/mlflow/experiments/create', { name: '/Shared/price' });
  let steps = 0;
  return Object.assign(jobs, {
    async newStep(): Promise<WorkflowStep> {
      steps += 1;
      const number = steps;
      const jobId = await createJob(workspace, { name: `train-${number}`, tasks: [TRAIN], max_concurrent_runs: 5 });
      return {
        jobId,
        mlflowRunId: jobs.mlflowRunId,
        async run(inputs = {}, connection = tokenConnection(workspace.url, workspace.token)) {
          const host = new FakeHost({
            inputs: { databricksConnection: 'dbx', job: `train-${number}`, ...inputs },
            connections: { dbx: connection },
            variables: { 'Build.BuildId': String(number) },
          });
          await runTask(task, readInputs, run, host, jobs.stepClock(host));
          return host;
        },
        afterJob: (host) => runAfterJob(task, readInputs, afterJob, host, clock),
        runs: async () => {
          const list = await workspace.call<{ runs?: RunReply[] }>('GET', `/api/2.2/jobs/runs/list?job_id=${jobId}`);
          return list.json.runs ?? [];
        },
      };
    },
  });
}
