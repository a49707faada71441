import type { Operation } from './api';
import { ApiError } from './api';

/** An operation found for a request, with the values of its path. */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  rest?: { readonly name: string; readonly operations: Map<string, Operation> };
  readonly operations: Map<string, Operation>;
}

/** Finds operations by method and path: literal segments before `:name`, `:name` before `*name`. */
export class Router {
  readonly #root = newNode();

  /** @throws Error when two operations have the same method and path: that is a defect of the workspace */
  add(operation: Operation): void {
    const segments = operation.path.split('/').filter((segment) => segment !== '');
    let node = this.#root;
    for (const segment of segments) {
      if (segment.startsWith('*')) {
        node.rest ??= { name: segment.slice(1), operations: new Map() };
        register(node.rest.operations, operation);
        return;
      }
      node = child(node, segment);
    }
    register(node.operations, operation);
  }

  /**
   * @param method upper case
   * @param rawPath the path as it came, still percent-encoded, without the query
   * @throws ApiError 400 for a path that cannot be decoded or that climbs (`..`)
   */
  find(method: string, rawPath: string): Match | undefined {
    return walk(this.#root, pathSegments(rawPath), 0, method, {});
  }
}

/**
 * Decoded segments of a path, without empty ones.
 * @throws ApiError 400 MALFORMED_REQUEST for bad escapes, `.`, `..` and NUL
 */
export function pathSegments(rawPath: string): string[] {
  const segments = rawPath.split('/').filter((segment) => segment !== '');
  return segments.map((segment) => {
    const text = decodeSegment(segment);
    if (text === '.' || text === '..' || text.includes('\0')) {
      throw new ApiError(400, 'MALFORMED_REQUEST', `The path ${rawPath} must not contain '.' or '..' segments.`);
    }
    return text;
  });
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) {
      throw new ApiError(400, 'MALFORMED_REQUEST', `The path segment ${segment} is not valid percent-encoding.`);
    }
    throw error;
  }
}

function walk(
  node: Node,
  segments: readonly string[],
  index: number,
  method: string,
  params: Readonly<Record<string, string>>,
): Match | undefined {
  const segment = segments[index];
  if (segment === undefined) {
    const operation = node.operations.get(method) ?? undefined;
    return operation === undefined ? rest(node, [], method, params) : { operation, params };
  }
  const literal = node.literals.get(segment);
  const { parameter } = node;
  return (
    (literal && walk(literal, segments, index + 1, method, params)) ??
    (parameter && walk(parameter.node, segments, index + 1, method, { ...params, [parameter.name]: segment })) ??
    rest(node, segments.slice(index), method, params)
  );
}

function rest(
  node: Node,
  segments: readonly string[],
  method: string,
  params: Readonly<Record<string, string>>,
): Match | undefined {
  const operation = node.rest?.operations.get(method);
  return operation && node.rest && { operation, params: { ...params, [node.rest.name]: segments.join('/') } };
}

function child(node: Node, segment: string): Node {
  if (segment.startsWith(':')) {
    const name = segment.slice(1);
    node.parameter ??= { name, node: newNode() };
    if (node.parameter.name !== name) {
      throw new Error(`Two operations name one path segment differently: :${node.parameter.name} and :${name}.`);
    }
    return node.parameter.node;
  }
  const existing = node.literals.get(segment);
  if (existing !== undefined) {
    return existing;
  }
  const created = newNode();
  node.literals.set(segment, created);
  return created;
}

function register(operations: Map<string, Operation>, operation: Operation): void {
  if (operations.has(operation.method)) {
    throw new Error(`Two operations answer ${operation.method} ${operation.path}.`);
  }
  operations.set(operation.method, operation);
}

function newNode(): Node {
  return { literals: new Map(), operations: new Map() };
}
