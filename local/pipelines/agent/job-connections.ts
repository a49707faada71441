import type { StepPlan } from '../plan/pipeline-plan';
import { ConnectionUnusable } from '../settings/connections';
import { connectionInputs, type DeclaredInput, type PipelineConnection } from '../task-environment';
import type { JobState } from './job-state';
import { isSecretParameter } from './secret-masker';

/**
 * Makes the connections that steps name known to the job before the first step runs, so that their secrets are masked from the beginning.
 * One that is not known or cannot be used, or that only a later variable names, is a matter of its step.
 */
export function learnConnections(
  job: JobState,
  steps: readonly {
    readonly plan: StepPlan;
    readonly task: { readonly declared: readonly DeclaredInput[] | undefined };
  }[],
): void {
  if (job.request.withholdsConnections) {
    return;
  }
  for (const { task, plan } of steps) {
    const names = connectionInputs(task.declared ?? []).flatMap(({ name, aliases }) =>
      [name, ...(aliases ?? [])].map((known) => known.toLowerCase()),
    );
    for (const [name, value] of Object.entries(plan.inputs)) {
      if (names.includes(name.trim().toLowerCase())) {
        for (const named of connectionNames(job.variables.expand(value))) {
          learnConnection(job, named);
        }
      }
    }
  }
}

function learnConnection(job: JobState, nameOrId: string): void {
  try {
    jobConnectionOf(job, nameOrId);
  } catch (error) {
    if (!(error instanceof ConnectionUnusable)) {
      throw error;
    }
  }
}

/** Names or ids in the value of a `connectedService` input. */
export function connectionNames(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * The connection as steps before have left it; `undefined` when there is none of this name or id.
 * @throws ConnectionUnusable
 */
export function jobConnectionOf(job: JobState, nameOrId: string): PipelineConnection | undefined {
  const connection = job.request.connection(nameOrId);
  if (connection === undefined) {
    return undefined;
  }
  const known = job.connections.get(connection.id.toLowerCase());
  if (known !== undefined) {
    return known;
  }
  job.connections.set(connection.id.toLowerCase(), connection);
  for (const [name, value] of Object.entries(connection.parameters)) {
    if (isSecretParameter(name)) {
      job.masker.add(value);
    }
  }
  return connection;
}
