import { ExpandError } from './expand-error';
import { FUNCTIONS } from './expressions/functions';
import { loneSource } from './interpolate';
import type { ScalarNode } from './nodes';
import type { Scope } from './scope';

export type Directive =
  | { readonly kind: 'if' | 'elseif'; readonly condition: string }
  | { readonly kind: 'else' }
  | { readonly kind: 'insert' }
  | { readonly kind: 'each'; readonly variable: string; readonly collection: string };

/**
 * The directive that a key is; `undefined` for any other key. Keywords are written in lower case and parted by blanks from what follows.
 * @throws ExpandError PIPELINE_DIRECTIVE for one whose form is wrong
 */
export function directiveOf(key: ScalarNode): Directive | undefined {
  const source = key.text.startsWith('${{') ? loneSource(key)?.trim() : undefined;
  const [, keyword = '', rest = ''] = /^(if|elseif|else|each|insert)(?:\s+([\s\S]*))?$/.exec(source ?? '') ?? [];
  switch (keyword) {
    case 'if':
    case 'elseif':
      if (rest.trim() === '') {
        throw malformed(key, `'${key.text}' has no condition.`, `Write \${{ ${keyword} eq(a, b) }}: as the key.`);
      }
      return { kind: keyword, condition: rest };
    case 'else':
    case 'insert':
      if (rest.trim() !== '') {
        throw malformed(
          key,
          `Directive '${keyword}' takes nothing after it.`,
          rest.startsWith('if') ? "Write 'elseif', in one word." : `Write \${{ ${keyword} }}: as the key.`,
        );
      }
      return { kind: keyword };
    case 'each':
      return eachOf(key, rest);
    default:
      return undefined;
  }
}

function eachOf(key: ScalarNode, rest: string): Directive {
  const [, variable = '', collection = ''] = /^([A-Za-z_][A-Za-z0-9_]*)\s+in\s+(\S[\s\S]*)$/.exec(rest) ?? [];
  if (variable === '') {
    throw malformed(
      key,
      `'${key.text}' is no loop.`,
      'Write ${{ each item in parameters.items }}: with a name of letters, digits and _.',
    );
  }
  return { kind: 'each', variable, collection };
}

/** @throws ExpandError where the name of a loop variable already means something */
export function checkLoopVariable(key: ScalarNode, variable: string, scope: Scope): void {
  const name = variable.toLowerCase();
  if (FUNCTIONS.has(name)) {
    throw malformed(key, `The loop variable '${variable}' has the name of a function.`, 'Choose another name.');
  }
  if (['parameters', 'variables'].includes(name) || scope.locals.has(name)) {
    throw malformed(
      key,
      `The name '${variable}' is already in use here.`,
      'Choose another name for the loop variable.',
    );
  }
}

export function malformed(key: ScalarNode, message: string, todo: string): ExpandError {
  return new ExpandError('PIPELINE_DIRECTIVE', message, key.at, todo);
}
