import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { isServed } from './endpoint-config';
import { isUpdating } from './endpoint-state';
import type { DeployPlan } from './plan';

/** A change of an endpoint as far as taking it back needs it. */
export type ChangeUnderWay = Pick<DeployPlan, 'config' | 'former' | 'formerVersion'>;

/** What a cancelled deployment leaves, and whether its former configuration can be put back now. */
export interface CancelDecision {
  readonly restore: boolean;
  readonly sentence: string;
}

/**
 * Decides after a cancel by what the endpoint is now. No call can stop an update; a finished one is taken back at once.
 * @param now nothing when the endpoint does not exist
 */
export function decideCancel(now: ServingEndpoint | undefined, plan: ChangeUnderWay): CancelDecision {
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

function pendingSentence(now: ServingEndpoint, plan: ChangeUnderWay, version: string): string {
  if (plan.former !== undefined && isServed(now.pending_config, plan.former)) {
    return `The former configuration with version ${plan.formerVersion} is being put back.`;
  }
  return isServed(now.pending_config, plan.config)
    ? `An update is in progress that no call can stop: version ${version} serves when it ends. Run the step again for the version that you want.`
    : 'The endpoint is being updated by something else, which is left alone.';
}
