import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { PolicyProblem } from './problem';

/** A path into a document: keys and positions. */
export type Path = readonly PropertyKey[];

/** A policy's text as values that still know where they stand. */
export interface PolicyText {
  readonly value: unknown;
  /** The problem at a path; `key` points to a key of the map there instead of its value. */
  problemAt(path: Path, what: string, todo: string, key?: string): PolicyProblem;
  /** The value at a path that is a variable and nothing else, as in `max: ${bar}`; `undefined` for any other. */
  variableAt(path: Path): string | undefined;
}

/** More aliases than this are an attack on memory, not a policy. */
const MAX_ALIASES = 50;

/**
 * YAML (or JSON, which is YAML) to values, with `${name}` replaced inside text values.
 *
 * Variables are replaced after parsing, so a value cannot add keys. `$${` stands for a literal `${`.
 * @param variables values by name; one that the policy uses and that is not there is a problem. Without it nothing is replaced
 */
export function readPolicyText(
  text: string,
  file: string,
  variables?: Readonly<Record<string, string>>,
): { readonly text: PolicyText | undefined; readonly problems: readonly PolicyProblem[] } {
  const lines = new LineCounter();
  // `error`: the parser would print its warnings to standard error, past the log and with the text that they are about.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number, what: string, todo: string): PolicyProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), what, todo };
  };
  if (document.errors.length > 0) {
    // The first one: what follows is mostly its consequence.
    return {
      text: undefined,
      problems: document.errors
        .slice(0, 1)
        .map((error) => at(error.pos[0], yamlSentence(error.message), yamlTodo(text, error.pos[0]))),
    };
  }
  const problems = document.warnings.map((warning) =>
    at(warning.pos[0], yamlSentence(warning.message), 'Use plain YAML values without tags.'),
  );
  const replaced = new Set<Scalar>();
  problems.push(...(variables === undefined ? [] : substituteVariables(document, variables, at, replaced)));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      text: undefined,
      problems: [at(0, `The YAML aliases cannot be resolved: ${reason}.`, 'Write the values out.')],
    };
  }
  return {
    problems,
    text: {
      value,
      problemAt: (path, what, todo, key) => at(offsetOf(document, path, key), what, todo),
      variableAt: (path) => {
        const node = document.getIn(path, true);
        return isScalar(node) && replaced.has(node) ? String(node.value) : undefined;
      },
    },
  };
}

function yamlSentence(message: string): string {
  const oneLine = message.split('\n')[0] ?? message;
  return `The YAML cannot be read: ${oneLine.trimEnd().replace(/[.:]$/, '')}.`;
}

function yamlTodo(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  return /(?:^|["'])[^"'{[]*[{[][^"']*\$\{/.test(line)
    ? `Inside { } and [ ] a variable needs quotes: "\${name}".`
    : 'Correct the YAML there.';
}

const VARIABLE = /\$\$\{|\$\{([^}]*)\}?/g;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function substituteVariables(
  document: Document,
  variables: Readonly<Record<string, string>>,
  at: (offset: number, what: string, todo: string) => PolicyProblem,
  replaced: Set<Scalar>,
): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  visit(document, {
    Scalar: (position, node) => {
      if (typeof node.value !== 'string' || position === 'key' || !node.value.includes('${')) {
        return;
      }
      const offset = node.range?.[0] ?? 0;
      if (/^\$\{[^}]*\}$/.test(node.value)) {
        replaced.add(node);
      }
      node.value = node.value.replace(VARIABLE, (whole, name: string | undefined) => {
        if (whole === '$${') {
          return '${';
        }
        if (name === undefined || !VARIABLE_NAME.test(name) || !whole.endsWith('}')) {
          problems.push(
            at(
              offset,
              `${whole} is not a policy variable.`,
              'Write a name of letters, digits and _ between the braces, or $${ for a literal ${.',
            ),
          );
          return whole;
        }
        if (!Object.hasOwn(variables, name)) {
          const known = Object.keys(variables);
          const there = known.length === 0 ? 'No variables are given' : `Given are ${known.join(', ')}`;
          problems.push(
            at(
              offset,
              `The policy variable ${name} is not defined.`,
              `Add ${name}=… to the input policyVariables. ${there}.`,
            ),
          );
          return whole;
        }
        return variables[name] ?? '';
      });
    },
  });
  return problems;
}

/** Where a path begins in the text: of the deepest part of it that exists. */
function offsetOf(document: Document, path: Path, key: string | undefined): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of key === undefined ? path : [...path, key]) {
    const whole: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    if (isMap(whole)) {
      const pair: Pair | undefined = whole.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) {
        return offset;
      }
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = isNode(pair.value) ? pair.value : undefined;
    } else if (isSeq(whole)) {
      const item: unknown = whole.items[Number(step)];
      node = isNode(item) ? item : undefined;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  // The value itself is the better place for a wrong value; the key for a missing or unknown one.
  return key === undefined && isScalar(node) ? (node.range?.[0] ?? offset) : offset;
}
