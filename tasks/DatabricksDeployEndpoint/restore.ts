import { TaskError } from '../../src/errors';
import { decideCancel } from './cancel-decision';
import { configVersionOf } from './endpoint-config';
import { forgetChange, rememberChange } from './noted-change';
import type { DeployPlan } from './plan';
import type { Session } from './session';
import { awaitConfig, startUpdate } from './update';

/**
 * From now on a cancel looks at the endpoint at once and takes back what this step did, as far as that is possible. What it cannot take
 * back because an update runs, the post-job phase tries once more.
 * @returns how to end this, and how to tell the post-job phase that nothing is left to do
 */
export function restoreOnCancel(
  session: Session,
  plan: DeployPlan,
): { readonly stopListening: () => void; readonly forget: () => void } {
  const { context, client, endpoint } = session;
  rememberChange(context.host, plan);
  const stopListening = context.onCancel(async () => {
    const api = client.withoutSignal().servingEndpoints;
    const decision = decideCancel(await api.get(endpoint), plan);
    if (decision.restore && plan.former !== undefined) {
      await api.updateConfig(endpoint, plan.former);
      forgetChange(context.host);
      context.log.info(decision.sentence);
      return;
    }
    context.log.warning(decision.sentence, 'CANCELED_STATE');
  });
  return { stopListening, forget: () => forgetChange(context.host) };
}

/**
 * Puts the former configuration back and waits until it serves.
 * @returns one sentence on what serves now; never throws but for a cancel, as the failure before it is what the step reports
 */
export async function restoreFormer(session: Session, plan: DeployPlan): Promise<string> {
  if (plan.former === undefined) {
    return "The endpoint is new, so there is no former configuration to put back; delete it with 'action: delete' or deploy another version.";
  }
  session.context.log.info(`Putting the former configuration with version ${plan.formerVersion} back.`);
  try {
    const now = await session.client.servingEndpoints.get(session.endpoint);
    await startUpdate(session, plan.former);
    await awaitConfig(session, plan.former, configVersionOf(now));
    return `The former configuration with version ${plan.formerVersion} serves again.`;
  } catch (error) {
    session.context.signal.throwIfAborted();
    const why = error instanceof TaskError ? error.sentences : String(error);
    return `The former configuration with version ${plan.formerVersion} could NOT be put back: ${why}`;
  }
}
