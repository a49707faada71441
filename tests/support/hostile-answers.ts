import { parseJson, stringifyJson } from '../../src/json';
import { BROKEN_BYTE } from './hostile-texts';
import type { Answer, Received } from './http-double';
import { type RecordedAnswer, type Recording, routeOf } from './recorded-service';

/** One text in place of another; `field` is named as {@link textFieldsOf} names it. */
export type Instead = (text: string, field: string) => string;

/** An answer in place of the recorded one, for the first request of a route. */
export interface Refusal {
  readonly route: string;
  readonly answer: Answer;
}

/** More requests than any step sends: one that polls for something that a text took away is told so. */
const MOST_REQUESTS = 400;

/** Answers as recorded, each route's in order and its last one again and again, but for what is said `instead` and the refusal. */
export function answersOf(recording: Recording, instead?: Instead, refusal?: Refusal): (request: Received) => Answer {
  const asked = new Map<string, number>();
  let requests = 0;
  return (request) => {
    const route = routeOf(request);
    const number = asked.get(route) ?? 0;
    asked.set(route, number + 1);
    requests += 1;
    if (requests > MOST_REQUESTS) {
      return { status: 400, json: { error_code: 'INVALID_STATE', message: 'There were too many requests.' } };
    }
    if (refusal?.route === route && number === 0) {
      return refusal.answer;
    }
    const recorded = recording.get(route);
    const answer = recorded?.[Math.min(number, recorded.length - 1)];
    if (answer === undefined) {
      return {
        status: 404,
        json: { error_code: 'NOT_FOUND', message: `Nothing was recorded of ${route.slice(0, 500)}.` },
      };
    }
    return instead === undefined || answer.status >= 300 ? answer : { ...answer, body: saidBody(answer, instead) };
  };
}

/** Names of the fields of text in the answers of a recording: that of the list or object around it, and its own. */
export function textFieldsOf(recording: Recording): readonly string[] {
  const fields = new Set<string>();
  for (const answer of [...recording.values()].flat().filter(({ status }) => status < 300)) {
    saidBody(answer, (text, field) => {
      fields.add(field);
      return text;
    });
  }
  return [...fields].sort();
}

function saidBody(answer: RecordedAnswer, instead: Instead): Buffer {
  if (answer.body.length === 0) {
    return answer.body;
  }
  const text = answer.body.toString('utf8');
  return answer.headers['content-type']?.startsWith('application/json') === true
    ? bytesOf(stringifyJson(said(parseJson(text), instead, '', '')))
    : bytesOf(instead(text, 'file'));
}

function said(value: unknown, instead: Instead, around: string, name: string): unknown {
  if (typeof value === 'string') {
    return value === '' ? value : instead(value, `${around}.${name}`);
  }
  if (Array.isArray(value)) {
    return value.map((each) => said(each, instead, around, name));
  }
  // Whole numbers beyond 2^53 are objects of another class.
  if (typeof value !== 'object' || value === null || value.constructor !== Object) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, said(inner, instead, name, key)]));
}

/** UTF-8, with a byte that is none in place of each {@link BROKEN_BYTE}. */
export function bytesOf(text: string): Buffer {
  const parts = text.split(BROKEN_BYTE).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.of(0xff), part])));
}
