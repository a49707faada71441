import type { Expression } from './expressions/syntax';
import type { Budget } from './limits';
import {
  type MappingEntry,
  type MappingNode,
  mapping,
  type Node,
  type SequenceNode,
  textScalar,
  type Value,
} from './nodes';
import type { Frame, Place } from './place';
import type { FileLoader } from './templates/load-file';

/** A node that still has to be expanded in a scope; without scope it is the result of an expression and stays as it is. */
export interface Pending<N extends Node = Node> {
  readonly node: N;
  readonly scope: Scope | undefined;
}

/** The lists that templates can hold. */
export type ListRole = 'stages' | 'jobs' | 'steps' | 'variables';

/** What one expansion shares between all its files. */
export interface Expansion {
  readonly budget: Budget;
  readonly loader: FileLoader;
  readonly parsed: Map<string, Expression>;
  /** Expands a list whose items have a role of their own; handed in, because parameters are such lists too. */
  expandList(role: ListRole, pending: Pending, around: Scope): SequenceNode;
}

/** What an expression can reach, and where errors are said to be. */
export interface Scope {
  readonly expansion: Expansion;
  readonly frame: Frame;
  readonly parameters: MappingNode;
  readonly variables: Variables;
  /** Loop variables by their names in lower case. */
  readonly locals: ReadonlyMap<string, Value>;
}

/** Variables that are known while templates are expanded: those that a file has defined up to here. */
export class Variables {
  private constructor(private readonly known: Map<string, MappingEntry>) {}

  static of(values: Iterable<readonly [name: string, value: string]>, at: Place): Variables {
    const variables = new Variables(new Map());
    for (const [name, value] of values) {
      variables.define(textScalar(name, at), textScalar(value, at));
    }
    return variables;
  }

  /** A stage or a job sees what is defined above it and hides nothing from its siblings. */
  inner(): Variables {
    return new Variables(new Map(this.known));
  }

  /** The last definition counts. Names are the same in any case. */
  define(name: MappingEntry['key'], value: MappingEntry['value']): void {
    this.known.set(name.text.toUpperCase(), { key: name, value });
  }

  get(name: string): Node | undefined {
    return this.known.get(name.toUpperCase())?.value;
  }

  context(at: Place): MappingNode {
    return mapping([...this.known.values()], at, 'any-case');
  }
}

export function withLocal(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, locals: new Map([...scope.locals, [name.toLowerCase(), value]]) };
}

export function withInnerVariables(scope: Scope): Scope {
  return { ...scope, variables: scope.variables.inner() };
}
