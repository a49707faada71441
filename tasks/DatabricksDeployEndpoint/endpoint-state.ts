import type { EndpointConfigRequest, ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { TaskError } from '../../src/errors';
import { configVersionOf, isServed } from './endpoint-config';

/** Where an update stands, seen from the configuration that it should bring. */
export type UpdateStanding =
  | { readonly kind: 'updating'; readonly line: string }
  | { readonly kind: 'starting'; readonly line: string }
  /** The service answers with the state from before the update. */
  | { readonly kind: 'not-seen' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly why: string };

/** @throws TaskError UNKNOWN_STATE for a state that this version does not know */
export function isUpdating(endpoint: ServingEndpoint): boolean {
  const state = endpoint.state?.config_update;
  if (state === 'IN_PROGRESS') {
    return true;
  }
  if (state === 'NOT_UPDATING' || state === 'UPDATE_FAILED' || state === 'UPDATE_CANCELED') {
    return false;
  }
  throw new TaskError('UNKNOWN_STATE', `Endpoint '${endpoint.name}' is in the unknown state ${state ?? '(none)'}.`, {
    todo: 'Look at the endpoint; a newer version of this extension may know the state.',
  });
}

/**
 * Done only when the wanted configuration itself serves and is ready: "not updating" alone also describes an endpoint that kept its old
 * one.
 * @param versionBefore `config_version` before the update, as text
 * @throws TaskError UNKNOWN_STATE
 */
export function standingOf(
  endpoint: ServingEndpoint,
  wanted: EndpointConfigRequest,
  versionBefore: string,
): UpdateStanding {
  if (isUpdating(endpoint)) {
    return { kind: 'updating', line: deploymentLine(endpoint, 'pending_config') };
  }
  if (isServed(endpoint.config, wanted)) {
    return endpoint.state?.ready === 'READY'
      ? { kind: 'done' }
      : { kind: 'starting', line: deploymentLine(endpoint, 'config') };
  }
  const pending = endpoint.pending_config;
  switch (endpoint.state?.config_update) {
    case 'UPDATE_FAILED':
      if (pending !== undefined && !isServed(pending, wanted)) {
        return { kind: 'not-seen' }; // an earlier update is what failed
      }
      return { kind: 'failed', why: failureText(endpoint) };
    case 'UPDATE_CANCELED':
      return { kind: 'failed', why: 'the update was canceled in the workspace' };
    default:
      return configVersionOf(endpoint) === versionBefore
        ? { kind: 'not-seen' }
        : {
            kind: 'failed',
            why: `something else brought configuration version ${configVersionOf(endpoint)} meanwhile`,
          };
  }
}

/** Names of pending entities that failed. */
export function failedEntities(endpoint: ServingEndpoint): string[] {
  return (endpoint.pending_config?.served_entities ?? [])
    .filter((entity) => entity.state?.deployment === 'DEPLOYMENT_FAILED')
    .map((entity) => entity.name ?? '');
}

function deploymentLine(endpoint: ServingEndpoint, which: 'config' | 'pending_config'): string {
  const entities = endpoint[which]?.served_entities ?? [];
  const parts = entities.map(({ name, state }) => {
    const message = state?.deployment_state_message ?? '';
    return `${name}: ${state?.deployment ?? 'unknown'}${message === '' ? '' : ` (${message})`}`;
  });
  return parts.join('; ') || 'waiting for the endpoint';
}

function failureText(endpoint: ServingEndpoint): string {
  const failed = (endpoint.pending_config?.served_entities ?? []).filter(
    (entity) => entity.state?.deployment === 'DEPLOYMENT_FAILED',
  );
  const texts = failed.map(({ name, state }) => `${name}: ${state?.deployment_state_message || 'no reason given'}`);
  return texts.join('; ') || 'the service gave no reason';
}
