import { runTask } from '../../../src/agent/run-task';
import { readInputs } from '../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../tasks/DatabricksRunWorkflow/task.json';
import { FakeHost } from '../../support/fake-host';
import { switchOf } from './fault-switch';
import { type GatedJobs, startGatedJobs } from './gated-jobs';
import { SignIn } from './sign-in';
import type { FaultScene, Subject } from './task-scene';
import type { WorkflowSubject } from './workflow-subjects';

/** A scene of jobs, for faults and for crash points. */
export interface WorkflowActionScene extends FaultScene {
  readonly jobs: GatedJobs;
  newSubject(): Promise<Required<Subject>>;
}

/** `DatabricksRunWorkflow` with one action; each subject is a run or a job of its own. */
export async function openWorkflowAction(
  prepare: (jobs: GatedJobs, name: string) => Promise<WorkflowSubject>,
): Promise<WorkflowActionScene> {
  const jobs = await startGatedJobs();
  const { workspace } = jobs;
  const signIn = new SignIn(workspace.url, workspace.token);
  let subjects = 0;
  return {
    jobs,
    faults: switchOf(workspace),
    signIn,
    now: () => jobs.clock.now(),
    varies: /(?<=\/Users\/)[^/]+|(?<=\/)[0-9a-f]{40}/g,
    async newSubject() {
      subjects += 1;
      const name = `price-${subjects}x`;
      const { inputs, folder, mustHold, mustBeSafe } = await prepare(jobs, name);
      return {
        name,
        async step() {
          const host = new FakeHost({
            inputs: { databricksConnection: 'dbx', ...inputs },
            connections: { dbx: signIn.connection },
            variables: { 'Build.BuildId': name, 'System.DefaultWorkingDirectory': folder },
          });
          await runTask(task, readInputs, run, host, jobs.stepClock(host));
          return host;
        },
        mustHold,
        mustBeSafe,
      };
    },
    close: () => jobs.stop(),
  };
}
