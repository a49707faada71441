import type { IncomingMessage } from 'node:http';
import type { Reply } from '../../workspace/api';
import type { LogNumbers } from './log-numbers';
import type { Caller, ServiceOptions } from './ports';
import type { TokenIssuer } from './token-issuer';

/** One request, authenticated and routed. */
export interface Call {
  readonly options: ServiceOptions;
  readonly issuer: TokenIssuer;
  readonly logs: LogNumbers;
  readonly caller: Caller;
  /** Address of the organisation, `http://127.0.0.1:<port>/<organisation>/`. */
  readonly collectionUrl: string;
  /** Project as the path names it; `''` where it names none. */
  readonly project: string;
  /** Values of the route's template, decoded once; those that the path leaves out are missing. */
  readonly values: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  /** The body as JSON. */
  json(): Promise<unknown>;
}

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** What a method does at a resource. */
export interface Operation {
  readonly method: Method;
  /** For the page of routes. */
  readonly summary: string;
  answer(call: Call): Reply | Promise<Reply>;
}

/** A resource of the REST interface: data for routing, for the location service and for documentation. */
export interface Resource {
  /** `build` in `_apis/build/builds`. */
  readonly area: string;
  readonly name: string;
  /** GUID by which the clients of azure-devops-node-api find the route; `undefined`: no client knows it. */
  readonly locationId: string | undefined;
  /** As the location service gives it; names in braces, trailing ones may be left out, `{*name}` takes the rest. */
  readonly template: string;
  /** The newest preview of it that clients ask for, such as `5` of `7.2-preview.5`. */
  readonly resourceVersion: number;
  readonly operations: readonly Operation[];
}

export function json(value: unknown): Reply {
  return { json: value };
}

/** A collection as the service wraps it. */
export function collection(values: readonly unknown[]): Reply {
  return { json: { count: values.length, value: values } };
}
