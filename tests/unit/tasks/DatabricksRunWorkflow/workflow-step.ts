import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';

/** The host of a step with these inputs, connected to the workspace at `url`. */
export function workflowHost(url: string, inputs: Record<string, string>): FakeHost {
  return new FakeHost({
    inputs: { databricksConnection: 'dbx', ...inputs },
    connections: { dbx: tokenConnection(url, 'dapi-token') },
  });
}

/** Runs the step to its end, on a clock that no one waits for. */
export async function runWorkflow(host: FakeHost, clock = new AutoClock()): Promise<FakeHost> {
  await runTask(task, readInputs, run, host, clock);
  return host;
}
