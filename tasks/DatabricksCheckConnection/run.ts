import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import type { CurrentIdentity } from '../../src/databricks/identity';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { checkIdentity, checkWorkspace } from './checks/identity';
import { checkJobs } from './checks/jobs';
import { checkReadOnlyGroups } from './checks/read-only-groups';
import { checkUnityCatalog } from './checks/unity-catalog';
import { checkWarehouse } from './checks/warehouse';
import type { Check, Finding } from './finding';
import type { CheckName, Inputs } from './inputs';
import { type CheckResult, outcome } from './outcome';
import { isOlder, parseVersion } from './release-version';

const CHECKS: Readonly<Record<CheckName, Check>> = {
  identity: checkIdentity,
  workspace: checkWorkspace,
  unityCatalog: checkUnityCatalog,
  warehouse: checkWarehouse,
  jobs: checkJobs,
  readOnlyGroups: checkReadOnlyGroups,
};

/** Looks at the connection from the step's point of view; changes nothing. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  refuseOlder(inputs, context.taskVersion);
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  let asked: Promise<CurrentIdentity> | undefined;
  const identity = () => {
    asked ??= workspace.identity.current();
    return asked;
  };
  const scope = { workspace, identity, context, subjects: inputs.subjects };
  const results: CheckResult[] = [];
  for (const check of inputs.checks) {
    const finding = await findingOf(() => CHECKS[check](scope));
    context.log.info(`${check}: ${finding.verdict}. ${finding.message}`);
    results.push({ check, rights: [], ...finding });
  }
  for (const [check, input] of inputs.leftOut) {
    const message = `Not checked, because input '${input}' is empty.`;
    context.log.info(`${check}: left out. ${message}`);
    results.push({ check, verdict: 'leftOut', message, rights: [] });
  }
  return outcome(results, inputs.failOnWarning, workspace.url, context);
}

function refuseOlder(inputs: Inputs, taskVersion: string): void {
  const own = parseVersion(taskVersion);
  if (inputs.minimumVersion !== undefined && own !== undefined && isOlder(own, inputs.minimumVersion)) {
    throw new TaskError(
      'EXTENSION_TOO_OLD',
      `The installed tasks are version ${taskVersion}, but version ${inputs.minimumVersion.join('.')} or later is needed.`,
      {
        todo: 'Update the extension "MLOps for Azure Databricks" in the organization settings, or use an older template.',
      },
    );
  }
}

async function findingOf(body: () => Promise<Finding>): Promise<Finding> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof TaskError && error.code !== 'CANCELED') {
      return { verdict: 'error', message: error.sentences };
    }
    throw error;
  }
}
