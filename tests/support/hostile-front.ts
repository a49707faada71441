import { parseJson, stringifyJson } from '../../src/json';
import { FakeHost } from './fake-host';
import { BROKEN_BYTE } from './hostile-texts';
import { type Answer, type HttpDouble, type Received, startDouble } from './http-double';

/** Fields of answers that hold text for people, and on which no task decides anything. */
const TEXT_FIELDS = new Set([
  'creator_user_name',
  'description',
  'displayName',
  'error',
  'error_trace',
  'logs',
  'message',
  'owner',
  'run_name',
  'run_page_url',
  'state_message',
  'status_message',
  'task_key',
  'userName',
  'user_id',
  'user_message',
]);
/** Lists of `key` and `value` whose values are text for people. */
const VALUE_LISTS = new Set(['tags', 'params', 'custom_tags']);

/** What stands between steps and workspaces and says texts wherever a service says something to people. */
export interface HostileFront {
  /** Begins a step: until the next, answers pass as they are but for what `speech` puts into them. */
  begin(speech: Speech): void;
  /** The requests since, each once, as {@link requestKey} names them. */
  readonly requests: ReadonlySet<string>;
  close(): Promise<void>;
}

/** What a service says in one step. */
export interface Speech {
  /** The text in place of another; the same text has one for a whole step, as names are compared with each other. */
  readonly instead?: (text: string) => string;
  /** Error code and message with which the first request of a key is refused. */
  readonly refusal?: { readonly request: string; readonly code: string; readonly message: string };
  /** Name of what the step acts on; it stands in no key. */
  readonly subject?: string;
}

/** Leads every step of this process through itself until it is closed. */
export async function startHostileFront(): Promise<HostileFront> {
  const requests = new Set<string>();
  let speech: Speech = {};
  let target = '';
  const double: HttpDouble = await startDouble(async (request) => {
    double.received.length = 0;
    const key = requestKey(request, speech.subject);
    const isFirst = !requests.has(key);
    requests.add(key);
    const { refusal, instead } = speech;
    return refusal !== undefined && refusal.request === key && isFirst
      ? refused(refusal)
      : forwarded(target, request, instead);
  });
  FakeHost.front = (url) => {
    target = url;
    return double.url;
  };
  return {
    requests,
    begin(next) {
      requests.clear();
      speech = next.instead === undefined ? next : { ...next, instead: once(next.instead) };
    },
    close: () => {
      FakeHost.front = (url) => url;
      return double.close();
    },
  };
}

/** Method and path of a request without what differs from step to step. */
function requestKey({ method, url }: Received, subject: string | undefined): string {
  const path = url.split('?')[0]?.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ':id') ?? '';
  return `${method} ${subject === undefined ? path : path.replaceAll(subject, ':subject')}`;
}

function once(instead: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? instead(text);
    known.set(text, found);
    return found;
  };
}

function refused({ code, message }: { readonly code: string; readonly message: string }): Answer {
  return { status: 400, headers: JSON_TYPE, body: bytesOf(stringifyJson({ error_code: code, message })) };
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function forwarded(
  target: string,
  { method, url, headers, body }: Received,
  instead: ((text: string) => string) | undefined,
): Promise<Answer> {
  const answer = await fetch(target + url, {
    method,
    headers: {
      authorization: headers.authorization ?? '',
      'user-agent': headers['user-agent'] ?? '',
      ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
    },
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  const kept = { 'content-type': answer.headers.get('content-type') ?? 'text/plain' };
  const served = answer.headers.get('served-model-name');
  const content = Buffer.from(await answer.arrayBuffer());
  const isJson = kept['content-type'].startsWith('application/json') && content.length > 0;
  return {
    status: answer.status,
    headers: { ...kept, ...(served === null ? {} : { 'served-model-name': served }) },
    body:
      instead === undefined || !isJson || !answer.ok
        ? content
        : bytesOf(stringifyJson(said(parseJson(content.toString('utf8')), instead))),
  };
}

/** A value with another text in every field for people that holds one. */
function said(value: unknown, instead: (text: string) => string, list = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => said(each, instead, list));
  }
  if (typeof value !== 'object' || value === null || !('constructor' in value) || value.constructor !== Object) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isText = TEXT_FIELDS.has(name) || (name === 'value' && VALUE_LISTS.has(list));
      return [name, isText && typeof inner === 'string' && inner !== '' ? instead(inner) : said(inner, instead, name)];
    }),
  );
}

function bytesOf(json: string): Buffer {
  const parts = json.split(BROKEN_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.of(0xff), part])));
}
