import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import type { CurrentIdentity } from '../../src/databricks/identity';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { escapeMarkdown, markdownTable } from '../../src/markdown';
import type { CheckName, Inputs } from './inputs';
import { isOlder, parseVersion } from './release-version';

/** What one check found. */
export interface CheckResult {
  readonly check: CheckName;
  readonly verdict: 'ok' | 'warning' | 'error';
  readonly message: string;
}

/** Looks at the connection from the step's point of view; changes nothing. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  refuseOlder(inputs, context.taskVersion);
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const results: CheckResult[] = [];
  for (const check of inputs.checks) {
    const result = await outcomeOf(check, () => CHECKS[check](workspace, context));
    context.log.info(`${check}: ${result.verdict}. ${result.message}`);
    results.push(result);
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

type Check = (workspace: WorkspaceClient, context: TaskContext) => Promise<string | { readonly warning: string }>;

const CHECKS: Readonly<Record<CheckName, Check>> = {
  identity: async (workspace, context) => {
    const identity = await workspace.identity.current();
    context.outputs.set('identity', identity.userName);
    context.outputs.set('identityType', identity.kind);
    context.outputs.set('workspaceId', identity.workspaceId);
    return identity.active
      ? `The workspace knows this connection as ${nameOf(identity)}.`
      : { warning: `${nameOf(identity)} is deactivated in the workspace. Activate it, or use another identity.` };
  },
  workspace: async (workspace, context) => {
    const identity = await workspace.identity.current();
    if (identity.workspaceId === '') {
      return {
        warning: `${workspace.url} answers, but names no workspace. Check that the URL is that of the workspace and not of the account console.`,
      };
    }
    context.outputs.set('workspaceId', identity.workspaceId);
    return `${workspace.url} is workspace ${identity.workspaceId}.`;
  },
};

function nameOf(identity: CurrentIdentity): string {
  return identity.kind === 'user'
    ? `user ${identity.userName}`
    : `service principal ${identity.displayName} (${identity.userName})`;
}

async function outcomeOf(check: CheckName, body: () => ReturnType<Check>): Promise<CheckResult> {
  try {
    const found = await body();
    return typeof found === 'string'
      ? { check, verdict: 'ok', message: found }
      : { check, verdict: 'warning', message: found.warning };
  } catch (error) {
    if (error instanceof TaskError && error.code !== 'CANCELED') {
      return { check, verdict: 'error', message: error.sentences };
    }
    throw error;
  }
}

function outcome(
  results: readonly CheckResult[],
  failOnWarning: boolean,
  url: string,
  { outputs, files }: TaskContext,
): TaskOutcome {
  const failures = results.filter((result) => result.verdict === 'error');
  const warnings = results.filter((result) => result.verdict === 'warning');
  outputs.set('failures', failures.length);
  outputs.set('warnings', warnings.length);
  const content = {
    workspace: url,
    identity: outputs.get('identity'),
    identityType: outputs.get('identityType'),
    checks: results,
  };
  outputs.set('reportPath', files.write('report.json', JSON.stringify(content, null, 2)));
  const bad = failOnWarning ? [...failures, ...warnings] : failures;
  const table = markdownTable(
    ['Check', 'Verdict', 'Finding'],
    results.map(({ check, verdict, message }) => [check, verdict, escapeMarkdown(message)]),
  );
  const first = bad[0];
  return {
    decision:
      first === undefined
        ? // The identity first: an agent takes `//host:port works as name@` for a password in an address and masks it.
          `${outputs.get('identity') || 'The given identity'} reaches ${url}.`
        : `Connection to ${url} does not work: ${bad.length} of ${results.length} checks failed.`,
    ...(first === undefined
      ? {}
      : {
          failure: {
            code: 'CONNECTION_CHECK_FAILED',
            message: `Check '${first.check}' did not pass: ${first.message}`,
          },
        }),
    summary: table,
    attachment: { kind: 'connection', content },
  };
}
