import { version } from '../../package.json';
import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { applicationIdOf } from '../../src/connection/application-id';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import type { Inputs } from './inputs';
import { logLine } from './log-line';
import { makeChecks } from './make-checks';
import { outcome } from './outcome';
import { isOlder, parseVersion } from './release-version';

/** Milliseconds that the requests of all checks have together for repetitions; later ones are still sent, but have little patience. */
const ALL_REQUESTS_MS = 600_000;

/** Looks at the connection from the step's point of view; changes nothing. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  refuseOlder(inputs, context.taskVersion);
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context).within(ALL_REQUESTS_MS));
  const { connection, subjects } = inputs;
  const scope = { workspace, context, subjects, applicationId: applicationIdOf(connection) };
  const results = await makeChecks(inputs, scope, (result) => context.log.info(logLine(result)));
  return outcome(results, inputs.failOnWarning, workspace.url, context);
}

function refuseOlder(inputs: Inputs, taskVersion: string): void {
  const own = parseVersion(taskVersion);
  const wanted = inputs.minimumVersion;
  if (wanted !== undefined && own !== undefined && isOlder(own, wanted)) {
    throw new TaskError(
      'EXTENSION_TOO_OLD',
      `The tasks here are version ${taskVersion}, but the step asks for version ${wanted.join('.')} or later.`,
      {
        where: `They are part of version ${version} of the extension; its minor and patch number are theirs too.`,
        todo: 'Update the extension "MLOps for Azure Databricks" in the organization settings, or use an older template.',
      },
    );
  }
}
