import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { TaskError } from '../../src/errors';
import { isServed } from './endpoint-config';
import { isUpdating } from './endpoint-state';
import type { DeployPlan } from './plan';
import type { Session } from './session';
import { awaitConfig, startUpdate } from './update';

/** What a cancelled deployment leaves, and whether its former configuration can be put back now. */
export interface CancelDecision {
  readonly restore: boolean;
  readonly sentence: string;
}

/**
 * Decides after a cancel by what the endpoint is now. No call can stop an update; a finished one is taken back at once.
 * @param now nothing when the endpoint does not exist
 */
export function decideCancel(
  now: ServingEndpoint | undefined,
  plan: Pick<DeployPlan, 'config' | 'former' | 'formerVersion'>,
): CancelDecision {
  const leave = (sentence: string): CancelDecision => ({ restore: false, sentence });
  if (now === undefined) {
    return leave('There is no endpoint.');
  }
  const version = plan.config.served_entities[0]?.entity_version ?? '';
  if (isUpdating(now)) {
    return leave(pendingSentence(now, plan, version));
  }
  if (!isServed(now.config, plan.config)) {
    return leave('The endpoint has the configuration that it had before.');
  }
  return plan.former === undefined
    ? leave(`The endpoint is new and serves version ${version}; there is no former configuration.`)
    : { restore: true, sentence: `The former configuration with version ${plan.formerVersion} is put back.` };
}

function pendingSentence(
  now: ServingEndpoint,
  plan: Pick<DeployPlan, 'config' | 'former' | 'formerVersion'>,
  version: string,
): string {
  if (plan.former !== undefined && isServed(now.pending_config, plan.former)) {
    return `The former configuration with version ${plan.formerVersion} is being put back.`;
  }
  return isServed(now.pending_config, plan.config)
    ? `An update is in progress that no call can stop: version ${version} serves when it ends. Run the step again for the version that you want.`
    : 'The endpoint is being updated by something else, which is left alone.';
}

/**
 * From now on a cancel looks at the endpoint at once and takes back what this step did, as far as that is possible.
 * @returns function that ends this
 */
export function restoreOnCancel(session: Session, plan: DeployPlan): () => void {
  const { context, client, endpoint } = session;
  return context.onCancel(async () => {
    const api = client.withoutSignal().servingEndpoints;
    const decision = decideCancel(await api.get(endpoint), plan);
    if (decision.restore && plan.former !== undefined) {
      await api.updateConfig(endpoint, plan.former);
      context.log.info(decision.sentence);
      return;
    }
    context.log.warning(decision.sentence, 'CANCELED_STATE');
  });
}

/**
 * Puts the former configuration back and waits until it serves.
 * @returns one sentence on what serves now; never throws but for a cancel, as the failure before it is what the step reports
 */
export async function restoreFormer(session: Session, plan: DeployPlan, versionNow: string): Promise<string> {
  if (plan.former === undefined) {
    return "The endpoint is new, so there is no former configuration to put back; delete it with 'action: delete' or deploy another version.";
  }
  session.context.log.info(`Putting the former configuration with version ${plan.formerVersion} back.`);
  try {
    await startUpdate(session, plan.former);
    await awaitConfig(session, plan.former, versionNow);
    return `The former configuration with version ${plan.formerVersion} serves again.`;
  } catch (error) {
    session.context.signal.throwIfAborted();
    const why = error instanceof TaskError ? error.sentences : String(error);
    return `The former configuration with version ${plan.formerVersion} could NOT be put back: ${why}`;
  }
}
