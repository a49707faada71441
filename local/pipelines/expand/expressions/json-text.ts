import type { Node, Value } from '../nodes';
import { asText } from './casts';

/** Indented JSON of a value; keys keep their order. */
export function jsonText(value: Value | Node, indent = ''): string {
  if (value === null || typeof value !== 'object' || value.kind === 'version') {
    return typeof value === 'number' || typeof value === 'boolean' || value === null
      ? String(value)
      : JSON.stringify(asText(value));
  }
  const deeper = `${indent}  `;
  if (value.kind === 'scalar') {
    return jsonText(value.value, indent);
  }
  const lines =
    value.kind === 'sequence'
      ? value.items.map((item) => `${deeper}${jsonText(item, deeper)}`)
      : value.entries.map((entry) => `${deeper}${JSON.stringify(entry.key.text)}: ${jsonText(entry.value, deeper)}`);
  const [open, close] = value.kind === 'sequence' ? ['[', ']'] : ['{', '}'];
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
