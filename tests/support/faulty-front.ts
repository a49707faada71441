import { createServer, type IncomingMessage, type ServerResponse, request as startRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the service behind a front answered; its headers without those of length. */
export interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What becomes of one request: `forward` hands it on, once, and gives the service's answer. */
export type FrontFault = (answer: ServerResponse, forward: () => Promise<Forwarded>) => void | Promise<void>;

/** Which requests meet a fault. */
export interface FrontRule {
  /** Of the path, without the query. */
  readonly path: RegExp;
  readonly fault: FrontFault;
  /** How many of them; absent: all. */
  readonly count?: number;
}

/** A front on loopback before a service that we did not write, or a double of one: it hands requests on, but for those that meet a fault. */
export interface FaultyFront {
  readonly url: string;
  rule: FrontRule | undefined;
  /** Requests that met the fault since it was set. */
  readonly hits: number;
  close(): Promise<void>;
}

/**
 * @param target any address of the service
 * @param asks by which address the service believes to be asked: by `its own`, which its answers then name in place of the front's, or by that
 * of the `front`, whose Host header is handed on
 */
export async function startFaultyFront(target: string, asks: 'its own' | 'front'): Promise<FaultyFront> {
  const { hostname, port, host, origin } = new URL(target);
  const state: { rule: FrontRule | undefined; hits: number } = { rule: undefined, hits: 0 };
  const handle = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = incoming;
    const front = `http://${incoming.headers.host}`;
    const headers = { ...incoming.headers, ...(asks === 'its own' ? { host } : {}) };
    const sent = await buffer(incoming);
    const forward = () =>
      new Promise<Forwarded>((resolve, reject) => {
        const forwarded = startRequest({ hostname, port, method, path: url, headers }, (reply) => {
          const { 'content-length': _length, 'transfer-encoding': _chunks, ...told } = reply.headers;
          const status = reply.statusCode ?? 502;
          buffer(reply).then(
            (body) => resolve({ status, headers: told, body: Buffer.from(String(body).replaceAll(origin, front)) }),
            reject,
          );
        });
        forwarded.on('error', reject).end(sent);
      });
    const { rule } = state;
    if (rule?.path.test(url.split('?')[0] ?? '') === true && state.hits < (rule.count ?? Number.POSITIVE_INFINITY)) {
      state.hits += 1;
      await rule.fault(answer, forward);
      return;
    }
    const { status, headers: told, body } = await forward();
    answer.writeHead(status, told).end(body);
  };
  const server = createServer((incoming, answer) => {
    handle(incoming, answer).catch((error: unknown) => answer.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get rule() {
      return state.rule;
    },
    set rule(rule: FrontRule | undefined) {
      Object.assign(state, { rule, hits: 0 });
    },
    get hits() {
      return state.hits;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}
