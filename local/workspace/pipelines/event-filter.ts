import { invalid } from '../fields';
import type { PipelineEvent } from './pipeline-store';

/**
 * Events by `filter` (`level = 'ERROR'`, `level in ('ERROR', 'WARN')`, `update_id = '…'`, joined by AND), the latest first unless
 * `order_by` asks for `timestamp asc`.
 * @throws ApiError 400 for other filters and orders
 */
export function chosenEvents(
  events: readonly PipelineEvent[],
  filter: string | undefined,
  orderBy: readonly string[],
): readonly PipelineEvent[] {
  const order = orderBy[0]?.trim().toLowerCase() ?? 'timestamp desc';
  if (!/^timestamp( (asc|desc))?$/.test(order) || orderBy.length > 1) {
    throw invalid(`Events are ordered by timestamp only, not by: ${orderBy.join(', ')}`);
  }
  const conditions = (filter ?? '')
    .split(/(?<!\s)\s+and\s+/i)
    .filter((text) => text.trim() !== '')
    .map(condition);
  const found = events.filter((event) => conditions.every((holds) => holds(event)));
  return order.endsWith('desc') ? found.reverse() : found;
}

function condition(text: string): (event: PipelineEvent) => boolean {
  const match = /^\s*(level|update_id)\s*(?:=\s*('[^']*')|in\s*\(([^()]*)\))\s*$/i.exec(text);
  if (match === null) {
    throw invalid(`The local workspace filters events by level and update_id only, not by: ${text}`);
  }
  const [, field = '', one, several = ''] = match;
  const values = [...(one ?? several).matchAll(/'([^']*)'/g)].map(([, value]) => value);
  return (event) => {
    const origin = event.origin as { readonly update_id?: string } | undefined;
    return values.includes(field.toLowerCase() === 'level' ? event.level : origin?.update_id);
  };
}
