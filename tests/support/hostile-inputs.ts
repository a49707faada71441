import type { Answer, Received } from './http-double';

/** A request with the text of an input taken out of it, so that requests of steps with other texts are the same. */
export type Outline = string;

/** What stands in an outline where the text stood. */
const TEXT = '•';

/**
 * Method and path of a request, and its SQL statement if it has one. A text is taken out only where it stands as it must: percent-encoded
 * within a segment of the path, or quoted in a statement. One that stands there in another way stays, and makes another outline.
 */
export function outlineOf({ method, url, body }: Received, text: string): Outline {
  return [method, pathWithout(url.split('?')[0] ?? '', text), statementWithout(statementIn(body), text)].join(' ');
}

/** The request that a step would have sent with `harmless` in place of the text, as far as its path goes. */
export function requestWith(request: Received, text: string, harmless: string): Received {
  const [path = '', query] = request.url.split('?');
  const outline = pathWithout(path, text).replaceAll(TEXT, encodeURIComponent(harmless));
  return { ...request, url: query === undefined ? outline : `${outline}?${query}` };
}

function pathWithout(path: string, text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD');
  const whole = encodeURIComponent(wellFormed);
  const folders = wellFormed.split('/').map(encodeURIComponent).join('/');
  const model = wellFormed.split('.').map(encodeURIComponent).join('/');
  return [whole, folders, model].reduce((left, form) => (form === '' ? left : left.replaceAll(form, TEXT)), path);
}

function statementIn(body: string): string {
  return body.startsWith('{"') && body.includes('"statement"')
    ? ((JSON.parse(body) as { statement?: string }).statement ?? '')
    : '';
}

function statementWithout(statement: string, text: string): string {
  const identifier = `\`${text.replaceAll('`', '``')}\``;
  return statement.replaceAll(identifier, TEXT);
}

/** Answers by `answer` and keeps the outline of each request. */
export function outlining(
  answer: (request: Received) => Answer,
  text: string,
  harmless: string,
  outlines: Set<Outline>,
): (request: Received) => Answer {
  return (request) => {
    outlines.add(outlineOf(request, text));
    return answer(requestWith(request, text, harmless));
  };
}
