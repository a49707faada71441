import { faultRows } from './fault-rows';
import { type Deployment, openDeployScene } from './scenes/deploy-scene';

/** The least number of requests of each. */
const DEPLOYMENTS: readonly (readonly [Deployment, number])[] = [
  ['create', 5],
  ['update', 5],
  ['delete', 3],
];

describe('DatabricksDeployEndpoint × faults', () => {
  for (const [deployment, requests] of DEPLOYMENTS) {
    describe(deployment, () => {
      faultRows(() => openDeployScene(deployment), {
        requests,
        code: ({ code }, { method, path }) => {
          if (path.endsWith('/invocations')) {
            return ['PROBE_FAILED', code];
          }
          return method !== 'GET' && method !== 'DELETE' && code === 'CONFLICT'
            ? ['CONFIG_CHANGED', 'price-']
            : undefined;
        },
        tolerated: ({ path }) => (path.endsWith('/tags') ? 'TAGS_NOT_WRITTEN' : undefined),
        // Probing, and putting back what was before it, each have the time of one request.
        deadlineMs: 610_000,
        sentOnce: ({ method, path }) =>
          method === 'PUT' || (method === 'POST' && path === '/api/2.0/serving-endpoints'),
      });
    });
  }
});
