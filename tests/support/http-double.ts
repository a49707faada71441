import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request that a double has received. */
export interface Received {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a double answers: JSON (`json`), text (`body`), or its own writing on the socket (`raw`). */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly raw?: (response: ServerResponse, request: IncomingMessage) => void;
}

/** A service on a loopback port that answers by a function and remembers what it was asked. */
export interface HttpDouble {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

export async function startDouble(
  answer: (request: Received, index: number) => Answer | Promise<Answer>,
): Promise<HttpDouble> {
  const received: Received[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString('utf8');
    const seen: Received = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    received.push(seen);
    const said = await answer(seen, received.length - 1);
    if (said.raw !== undefined) {
      said.raw(response, request);
      return;
    }
    const content = said.json === undefined ? (said.body ?? '') : JSON.stringify(said.json);
    const type = said.json === undefined ? 'text/plain' : 'application/json';
    response.writeHead(said.status ?? 200, { 'content-type': type, ...said.headers }).end(content);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
