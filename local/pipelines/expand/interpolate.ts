import { ExpandError } from './expand-error';
import { asText, described } from './expressions/casts';
import { evaluateInTemplate } from './expressions/in-template';
import { isNode, type Node, type ScalarNode, type Value } from './nodes';
import type { Place } from './place';
import type { Scope } from './scope';

type Part = { readonly literal: string } | { readonly source: string };

const OPEN = '${{';
const DIRECTIVE = /^\s*(?:if|elseif|else|each|insert)(?:\s|$)/;

/**
 * A scalar with its expressions evaluated. One that is nothing but an expression becomes whatever the expression gives, lists and mappings
 * included; in any other text each expression is written as text, which a list or mapping cannot be.
 */
export function expandScalar(node: ScalarNode, scope: Scope): Node {
  if (!node.text.includes(OPEN)) {
    scope.expansion.budget.countNode(node.at, node.text.length);
    return node;
  }
  const parts = partsOf(node);
  const lone = loneExpression(parts);
  if (lone === undefined) {
    return computed(mixedText(parts, scope, node.at), scope, node.at);
  }
  if (DIRECTIVE.test(lone)) {
    throw new ExpandError(
      'PIPELINE_DIRECTIVE',
      `'${node.text}' stands where a value is expected.`,
      node.at,
      "Directives are keys: write a colon after them ('- ${{ if … }}:') and what they insert below.",
    );
  }
  const value = evaluateInTemplate(lone, scope, node.at);
  return isNode(value) ? value : computed(value, scope, node.at);
}

/** A key with its expressions evaluated; a key is always text. */
export function expandKey(node: ScalarNode, scope: Scope): ScalarNode {
  const expanded = expandScalar(node, scope);
  if (expanded.kind === 'scalar') {
    return expanded;
  }
  throw new ExpandError(
    'PIPELINE_EXPRESSION',
    `The key '${node.text}' is ${expanded.kind === 'sequence' ? 'a list' : 'a mapping'}.`,
    node.at,
    'A key is a text, a number or a boolean.',
  );
}

/** The source of an expression that is the whole text; blanks around it make it a text. */
export function loneSource(node: ScalarNode): string | undefined {
  return node.text.startsWith(OPEN) ? loneExpression(partsOf(node)) : undefined;
}

function loneExpression(parts: readonly Part[]): string | undefined {
  const [first] = parts;
  return parts.length === 1 && first !== undefined && 'source' in first ? first.source : undefined;
}

function computed(
  value: Exclude<Value, { kind: 'sequence' } | { kind: 'mapping' }>,
  scope: Scope,
  at: Place,
): ScalarNode {
  const text = asText(value) ?? '';
  scope.expansion.budget.countNode(at, text.length);
  // Null becomes an empty text, as everywhere in a pipeline. A number or boolean stands there as if it had been written.
  const style = typeof value === 'number' || typeof value === 'boolean' ? 'plain' : 'computed';
  return { kind: 'scalar', text, value: value ?? '', style, at };
}

function mixedText(parts: readonly Part[], scope: Scope, at: Place): string {
  let built = '';
  for (const part of parts) {
    if ('literal' in part) {
      built += part.literal;
      continue;
    }
    const value = evaluateInTemplate(part.source, scope, at);
    const text = asText(value);
    if (text === undefined) {
      throw new ExpandError(
        'PIPELINE_EXPRESSION',
        `${described(value)} cannot be written into a text, in the expression '${part.source.trim()}'.`,
        at,
        'Use join, convertToJson or a property of it; or let the expression be the whole value, without blanks around it.',
      );
    }
    scope.expansion.budget.countText(at, text.length);
    built += text;
  }
  return built;
}

/** Parts of a text. An expression ends at the first `}}` outside of single quotes. */
function partsOf(node: ScalarNode): readonly Part[] {
  const { text } = node;
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf(OPEN, at);
    if (open < 0) {
      parts.push({ literal: text.slice(at) });
      break;
    }
    if (open > at) {
      parts.push({ literal: text.slice(at, open) });
    }
    const close = closeOf(text, open + OPEN.length);
    if (close === undefined) {
      throw new ExpandError(
        'PIPELINE_EXPRESSION',
        "An expression begins with '${{' and is not closed.",
        node.at,
        "Add the missing '}}' or quote; for the signs themselves write ${{ '${{' }}.",
      );
    }
    parts.push({ source: text.slice(open + OPEN.length, close) });
    at = close + 2;
  }
  return parts;
}

function closeOf(text: string, from: number): number | undefined {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "'") {
      quoted = !quoted;
    } else if (!quoted && text[at] === '}' && text[at + 1] === '}') {
      return at;
    }
  }
  return undefined;
}
