import { FakeHost } from './fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from './http-double';

/** An answer that a service gave. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What one step was answered, by {@link routeOf} and in order. */
export type Recording = ReadonlyMap<string, readonly RecordedAnswer[]>;

/** What stands between steps and the services that they ask: it forwards and records, or answers by itself. */
export interface RecordedService {
  /** What the service answers while `work` goes on. */
  record(work: () => Promise<unknown>): Promise<Recording>;
  /** Answers all requests itself while `work` goes on. */
  answerBy<T>(answer: (request: Received) => Answer, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Leads every step of this process through itself until it is closed. */
export async function startRecordedService(): Promise<RecordedService> {
  let target = '';
  let answer: (request: Received) => Answer | Promise<Answer> = (request) => forwarded(target, double.url, request);
  const double: HttpDouble = await startDouble((request) => {
    double.received.length = 0;
    return answer(request);
  });
  FakeHost.front = (url) => {
    target = url;
    return double.url;
  };
  async function whileAnsweredBy<T>(next: typeof answer, work: () => Promise<T>): Promise<T> {
    const before = answer;
    answer = next;
    return work().finally(() => {
      answer = before;
    });
  }
  return {
    async record(work) {
      const recording = new Map<string, RecordedAnswer[]>();
      await whileAnsweredBy(async (request) => {
        const given = await forwarded(target, double.url, request);
        const route = routeOf(request);
        recording.set(route, [...(recording.get(route) ?? []), given]);
        return given;
      }, work);
      return recording;
    },
    answerBy: whileAnsweredBy,
    close: () => {
      FakeHost.front = (url) => url;
      return double.close();
    },
  };
}

/** Method and path of a request, without ids that differ from step to step. */
export function routeOf({ method, url }: Pick<Received, 'method' | 'url'>): string {
  const path = url.split('?')[0]?.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ':id') ?? '';
  return `${method} ${path}`;
}

/** Headers of an answer that belong to its connection or its length and not to what it says. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-encoding', 'date']);

async function forwarded(
  target: string,
  own: string,
  { method, url, headers, body }: Received,
): Promise<RecordedAnswer> {
  const answer = await fetch(target + url, {
    method,
    headers: Object.fromEntries(
      ['authorization', 'user-agent', 'content-type'].flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    ),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  const content = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: answer.status,
    headers: Object.fromEntries(
      [...answer.headers].filter(
        ([name]) => !OF_THE_CONNECTION.has(name) && (name !== 'content-length' || method === 'HEAD'),
      ),
    ),
    // Links into the service, such as to chunks of a result, lead through here too.
    body: isJson ? Buffer.from(content.toString('utf8').replaceAll(target, own)) : content,
  };
}
