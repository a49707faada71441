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

/** What stands between steps and workspaces and says one text wherever a service says something to people. */
export interface HostileFront {
  /** The text; undefined: answers pass as they are. */
  text: string | undefined;
  /** Number of the request, from 1, that is refused with the text as error code and message; 0: none. */
  refused: number;
  /** Requests since the text was set. */
  requests: number;
  close(): Promise<void>;
}

/** Leads every step of this process through itself until it is closed. */
export async function startHostileFront(): Promise<HostileFront> {
  const state = { text: undefined as string | undefined, refused: 0, requests: 0 };
  let target = '';
  const double: HttpDouble = await startDouble(async (request) => {
    state.requests += 1;
    if (state.text !== undefined && state.requests === state.refused) {
      return refusal(state.text);
    }
    return forwarded(target, request, state.text);
  });
  FakeHost.front = (url) => {
    target = url;
    return double.url;
  };
  return Object.assign(state, {
    close: () => {
      FakeHost.front = (url) => url;
      return double.close();
    },
  });
}

function refusal(text: string): Answer {
  return { status: 400, headers: JSON_TYPE, body: bytesOf(stringifyJson({ error_code: text, message: text })) };
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function forwarded(
  target: string,
  { method, url, headers, body }: Received,
  text: string | undefined,
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
      text === undefined || !isJson || !answer.ok
        ? content
        : bytesOf(stringifyJson(said(parseJson(content.toString('utf8')), text))),
  };
}

/** A value with the text in every field for people that holds a text. */
function said(value: unknown, text: string, list = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => said(each, text, list));
  }
  if (typeof value !== 'object' || value === null || !('constructor' in value) || value.constructor !== Object) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isText = TEXT_FIELDS.has(name) || (name === 'value' && VALUE_LISTS.has(list));
      return [name, isText && typeof inner === 'string' && inner !== '' ? text : said(inner, text, name)];
    }),
  );
}

function bytesOf(json: string): Buffer {
  const parts = json.split(BROKEN_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.of(0xff), part])));
}
