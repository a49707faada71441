import type { Clock } from '../../../src/clock';
import { ApiError, type Call, type Reply } from '../api';
import type { Uniform } from '../seeded-uniform';
import { deploymentKey, type Endpoint } from './endpoint';
import type { Endpoints } from './endpoints';
import { createRequestMetrics, type RequestMetrics } from './metrics';
import type { ScorerReply } from './scorers';
import { pickEntity } from './traffic';

/** Requests of customers: which entity answers, and what was counted. */
export interface Invocations {
  /** @throws ApiError 404 before the first deployment, 400 for a payload over 16 MB, 503 while the chosen entity does not answer */
  invoke(endpoint: Endpoint, call: Call): Promise<Reply>;
  metrics(endpoint: Endpoint): Reply;
  forget(endpointId: string): void;
}

/** Largest request of a custom model on Databricks, bytes. */
const largestPayload = 16 * 1024 * 1024;

export function createInvocations(clock: Clock, endpoints: Endpoints, uniform: Uniform): Invocations {
  const counted = new Map<string, RequestMetrics>();

  function metricsOf(endpointId: string): RequestMetrics {
    const metrics = counted.get(endpointId) ?? createRequestMetrics();
    counted.set(endpointId, metrics);
    return metrics;
  }

  return {
    async invoke(endpoint, call) {
      const body = await call.bytes();
      if (body.length > largestPayload) {
        throw new ApiError(400, 'BAD_REQUEST', `The request is larger than ${largestPayload} bytes.`);
      }
      if (endpoint.config === undefined) {
        throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The endpoint ${endpoint.name} is not ready for requests.`);
      }
      const name = pickEntity(endpoint.config.routes, uniform);
      const entity = endpoint.config.entities.find((candidate) => candidate.name === name);
      if (entity === undefined) {
        throw new Error(`endpoint ${endpoint.name} routes to ${name}, which it does not have`);
      }
      const since = clock.now();
      const contentType = call.headers['content-type'] ?? 'application/json';
      const reply = await scored(endpoints, endpoint, deploymentKey(entity), body, contentType);
      metricsOf(endpoint.id).record(name, reply.status, clock.now() - since);
      return {
        status: reply.status,
        headers: { 'content-type': reply.contentType, 'served-model-name': name },
        body: reply.body,
      };
    },
    metrics: (endpoint) => ({
      headers: { 'content-type': 'text/plain; version=0.0.4' },
      body: metricsOf(endpoint.id).exposition(endpoint),
    }),
    forget: (endpointId) => {
      counted.delete(endpointId);
    },
  };
}

/** An entity that is down answers like an overloaded service: the request was not served and may be sent again. */
async function scored(
  endpoints: Endpoints,
  endpoint: Endpoint,
  deployment: string,
  body: Buffer,
  contentType: string,
): Promise<ScorerReply> {
  const unavailable = (why: string): ScorerReply => ({
    status: 503,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ error_code: 'TEMPORARILY_UNAVAILABLE', message: why })),
  });
  try {
    const reply = await endpoints.invoke(endpoint, deployment, body, contentType);
    return reply ?? unavailable(`The served entity behind ${endpoint.name} is being started.`);
  } catch (error) {
    return unavailable(
      `The served entity behind ${endpoint.name} ended during the request: ${error instanceof Error ? error.message : error}`,
    );
  }
}
