import type { Uniform } from '../seeded-uniform';
import type { Route } from './endpoint';

/**
 * The entity that answers the next request.
 * @param routes percentages that sum to 100
 * @throws RangeError without a route that has traffic
 */
export function pickEntity(routes: readonly Route[], uniform: Uniform): string {
  const point = uniform() * 100;
  let upTo = 0;
  for (const route of routes) {
    upTo += route.traffic_percentage;
    if (point < upTo) {
      return route.served_entity_name;
    }
  }
  throw new RangeError('no route has traffic');
}
