/** An element of a small XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

const TOKEN = /<\?xml[^?]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/y;
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Reads XML 1.0 strictly, as far as the tests need it: elements, attributes, entities.
 * @throws Error at the first thing that is not well-formed
 */
export function readXml(text: string): Element {
  const top: Element = { name: '', attributes: {}, children: [] };
  const open = [top];
  if (FORBIDDEN.test(text)) {
    throw new Error('a character that XML 1.0 forbids');
  }
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 80)}`);
    }
    const [, closing, name, attributes = '', empty, content] = match;
    if (content !== undefined) {
      entities(content);
    } else if (closing === '/') {
      if (open.pop()?.name !== name) {
        throw new Error(`</${name}> closes another element`);
      }
    } else if (name !== undefined) {
      const element: Element = { name, attributes: attributesOf(attributes), children: [] };
      open.at(-1)?.children.push(element);
      if (empty !== '/') {
        open.push(element);
      }
    }
  }
  const [root] = top.children;
  if (open.length !== 1 || root === undefined || top.children.length !== 1) {
    throw new Error('elements are left open');
  }
  return root;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(text.matchAll(/ ([a-z]+)="([^"]*)"/g), ([, name = '', value = '']) => [name, entities(value)]),
  );
}

function entities(text: string): string {
  return text.replace(/&(?:#(\d+)|([a-z]+));|&/g, (whole, code: string | undefined, name: string | undefined) => {
    const value = code === undefined ? NAMED[name ?? ''] : String.fromCodePoint(Number(code));
    if (value === undefined) {
      throw new Error(`${whole} is no entity`);
    }
    return value;
  });
}
