import type { DevOpsAccess } from '../devops/access';
import { TaskError } from '../errors';
import { withoutSlashesAtEnd } from '../slashes';
import type { ConnectionContext } from './port';

/**
 * The job's own connection to Azure DevOps: address and token that the server gave to the job, network as the agent is configured.
 * @throws TaskError DEVOPS_UNAVAILABLE where there is no job of a pipeline
 */
export function jobAccess(context: ConnectionContext): DevOpsAccess {
  const { host } = context;
  const token = needed(host.jobAccessToken(), 'access token');
  context.mask(token);
  const password = host.network().proxy?.password;
  if (password !== undefined) {
    context.mask(password);
  }
  return {
    collectionUrl: `${withoutSlashesAtEnd(needed(host.jobConnectionUrl(), 'address of Azure DevOps'))}/`,
    token,
    network: host.network(),
    project: needed(host.variable('System.TeamProjectId'), "variable 'System.TeamProjectId'"),
    runId: needed(host.variable('Build.BuildId'), "variable 'Build.BuildId'"),
    signal: context.signal,
    userAgent: `databricks-mlops/${context.taskVersion} (${context.taskName})`,
    debug: (line) => context.log.debug(line),
  };
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') {
    throw new TaskError('DEVOPS_UNAVAILABLE', `This job has no ${what}, so that Azure DevOps cannot be asked.`, {
      todo: 'Run the step in a job of a pipeline; in a classic release download the artifact first and pass the path of the file.',
    });
  }
  return value;
}
