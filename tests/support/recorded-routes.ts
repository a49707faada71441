import type { RecordedRequest } from './recording-proxy';

/** One thing that a client asked for, without the parts that differ from run to run. */
export interface Route {
  readonly method: string;
  /** Without query; run ids, logged model ids and experiment ids are zeros of their form. */
  readonly path: string;
}

/** The different routes of a recording, by path and method. */
export function routesOf(requests: readonly RecordedRequest[]): readonly Route[] {
  const routes = new Map<string, Route>();
  for (const { method, url } of requests) {
    const path = url
      .replace(/\?.*$/, '')
      .replace(/[0-9a-f]{32}/g, '0'.repeat(32))
      .replace(/\/1\d{15}\//g, `/${'0'.repeat(16)}/`);
    routes.set(`${path} ${method}`, { method, path });
  }
  return [...routes.keys()].sort().flatMap((key) => routes.get(key) ?? []);
}
