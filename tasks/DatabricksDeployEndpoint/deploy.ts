import { readFile } from 'node:fs/promises';
import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { ApiError, ConnectionError } from '../../src/http/errors';
import { configVersionOf } from './endpoint-config';
import type { DeployInputs } from './inputs';
import { deployOutcome, dryRunOutcome, planFile } from './outcome';
import { pinVersion } from './pinned-version';
import { plainSecretsOf } from './plain-secrets';
import { type DeployPlan, planDeploy } from './plan';
import { probe } from './probe';
import { restoreFormer, restoreOnCancel } from './restore';
import { parseSampleRequests, type SampleRequest } from './sample-requests';
import { presentEndpoint, type Session, settledEndpoint } from './session';
import { awaitConfig, createEndpoint, startUpdate } from './update';

/**
 * Create or update all at once, wait until the wanted version itself serves, probe it; on failure the former configuration comes back.
 * @throws TaskError
 */
export async function deploy(
  inputs: DeployInputs,
  client: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const requests = await sampleRequests(inputs.sampleRequests);
  const session = sessionOf(inputs, client, context);
  const pinned = await pinVersion(client, inputs.model, inputs.version);
  // A dry run changes nothing that an update could meet: whoever asks before something urgent does not wait for one.
  const found = await (inputs.dryRun ? presentEndpoint(session) : settledEndpoint(session));
  // What is put back later is noted for the post-job phase, in a command that the debug log shows.
  for (const secret of plainSecretsOf(found)) {
    context.mask(secret);
  }
  const plan = planDeploy(found, { ...inputs, ...pinned });
  context.outputs.set('previousVersion', plan.formerVersion);
  context.files.write('plan.json', planFile(inputs, pinned.version, plan));
  await sayPlan(context, inputs, pinned.version, plan);
  if (inputs.dryRun) {
    return dryRunOutcome(inputs, pinned.version, plan);
  }
  const guard = plan.kind === 'unchanged' ? undefined : restoreOnCancel(session, plan);
  let settled = false;
  try {
    const served = await carryOut(session, inputs, plan, found);
    const results = await probe(session, requests, plan.entity);
    const failed = results.some((result) => result.fault !== '');
    const restored =
      failed && plan.kind !== 'unchanged' ? await restoreFormer(sessionOf(inputs, client, context), plan) : '';
    if (!failed && plan.kind !== 'create') {
      await writeTags(session, plan);
    }
    settled = true;
    return deployOutcome({ inputs, client, version: pinned.version, plan, results, restored, served });
  } catch (error) {
    settled = !leavesOpen(error);
    throw error;
  } finally {
    // A change whose outcome is open stays noted: the post-job phase looks once more.
    if (!context.signal.aborted) {
      guard?.stopListening();
      if (settled) {
        guard?.forget();
      }
    }
  }
}

/** True after a failure that leaves open what serves, or will: the workspace was away, or an update outlasted the step. */
function leavesOpen(error: unknown): boolean {
  return (
    error instanceof ApiError ||
    error instanceof ConnectionError ||
    (error instanceof TaskError && error.code === 'UPDATE_TIMEOUT')
  );
}

function sessionOf(inputs: DeployInputs, client: WorkspaceClient, context: TaskContext): Session {
  const deadline = context.clock.now() + inputs.timeoutMinutes * 60_000;
  return { client, context, endpoint: inputs.endpoint, deadline };
}

async function carryOut(
  session: Session,
  inputs: DeployInputs,
  plan: DeployPlan,
  found: ServingEndpoint | undefined,
): Promise<ServingEndpoint> {
  if (plan.kind === 'create') {
    await createEndpoint(session, plan.config, plan.tags);
  } else if (plan.kind === 'update') {
    await startUpdate(session, plan.config);
  }
  try {
    return await awaitConfig(session, plan.config, configVersionOf(found));
  } catch (error) {
    if (!(error instanceof TaskError)) {
      throw error;
    }
    const where = await whatServesAfter(error, session, inputs, plan);
    throw where === '' ? error : new TaskError(error.code, error.message, { ...error.options, where, cause: error });
  }
}

/** One sentence on what serves after a failure: the person who reads it wants to know that first. */
async function whatServesAfter(
  { code }: TaskError,
  { client, context }: Session,
  inputs: DeployInputs,
  plan: DeployPlan,
): Promise<string> {
  if (code === 'DEPLOYMENT_FAILED') {
    // A failed update never touched what serves.
    return plan.formerVersion === ''
      ? 'The endpoint serves nothing.'
      : `The former configuration with version ${plan.formerVersion} still serves.`;
  }
  return code === 'ENDPOINT_NOT_READY' && plan.kind !== 'unchanged'
    ? restoreFormer(sessionOf(inputs, client, context), plan)
    : '';
}

async function sampleRequests(path: string): Promise<readonly SampleRequest[]> {
  if (path === '') {
    return [];
  }
  try {
    return parseSampleRequests(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof TaskError) {
      throw error;
    }
    throw new TaskError('FILE_NOT_READABLE', `The file of input 'sampleRequests' cannot be read.`, {
      where: `File: ${path} (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      todo: 'Correct the path; it is relative to the sources folder.',
      cause: error,
    });
  }
}

async function sayPlan(context: TaskContext, inputs: DeployInputs, version: string, plan: DeployPlan): Promise<void> {
  const what = { create: 'is created', update: 'is updated', unchanged: `already serves version ${version}` }[
    plan.kind
  ];
  await context.log.group(`Endpoint '${inputs.endpoint}' ${what}`, () => {
    for (const change of plan.changes.length === 0 ? ['nothing changes'] : plan.changes) {
      context.log.info(`  ${change}`);
    }
  });
}

/** Tags come last and never fail a step. */
async function writeTags({ client, context, endpoint }: Session, plan: DeployPlan): Promise<void> {
  if (plan.tags.length === 0) {
    return;
  }
  try {
    await client.servingEndpoints.changeTags(endpoint, { add: plan.tags });
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.warning(`The tags were not written: ${(error as Error).message}`, 'TAGS_NOT_WRITTEN');
  }
}
