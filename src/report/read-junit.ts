import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One test of a result file. */
export interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly message: string;
}

/** What is read of an element; everything may be missing. */
interface Element {
  readonly [name: string]: unknown;
}

const LISTS = new Set(['testsuite', 'testcase', 'failure', 'error', 'skipped']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => LISTS.has(name),
});

/** The file is not JUnit XML. */
export class NotJUnit extends Error {
  override readonly name = 'NotJUnit';
}

/**
 * Test cases of a JUnit result file: roots `testsuites` and `testsuite`, suites within suites. A document type, which no writer of test
 * results needs, is refused: it can make a small file expand without end.
 * @throws NotJUnit
 */
export function readJUnit(text: string): TestCase[] {
  const prolog = text.slice(0, Math.max(0, text.indexOf('<testsuite')) || text.length);
  if (/<!DOCTYPE/i.test(prolog)) {
    throw new NotJUnit('it has a document type, which is not read');
  }
  const document = parsed(text);
  const [root] = elements(document['testsuites']);
  const suites = root === undefined ? elements(document['testsuite']) : elements(root['testsuite']);
  if (root === undefined && document['testsuites'] !== '' && suites.length === 0) {
    throw new NotJUnit('it has neither a root testsuites nor testsuite');
  }
  return suites.flatMap((suite) => casesOf(suite));
}

function parsed(text: string): Element {
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    throw new NotJUnit(`it is no XML: ${valid.err.msg} (line ${valid.err.line})`);
  }
  try {
    return parser.parse(text) as Element;
  } catch (error) {
    // Elements within elements beyond what the parser takes, and the like: the text is at fault, whatever the error.
    throw new NotJUnit(`it cannot be parsed: ${(error as Error).message}`);
  }
}

function casesOf(suite: Element): TestCase[] {
  const name = attribute(suite, 'name');
  return [
    ...elements(suite['testcase']).map((test) => caseOf(test, name)),
    ...elements(suite['testsuite']).flatMap((inner) => casesOf(inner)),
  ];
}

function caseOf(test: Element, suite: string): TestCase {
  const [failure] = [...entries(test['failure']), ...entries(test['error'])];
  const [skipped] = entries(test['skipped']);
  const reason = failure ?? skipped;
  const seconds = Number(attribute(test, 'time').replaceAll(',', ''));
  return {
    suite: attribute(test, 'classname') || suite,
    name: attribute(test, 'name'),
    outcome: failure !== undefined ? 'failed' : skipped !== undefined ? 'skipped' : 'passed',
    milliseconds: Number.isFinite(seconds) ? Math.round(seconds * 1000) : 0,
    message: reason === undefined ? '' : messageOf(reason),
  };
}

/** The message, then the text, which usually begins with it. */
function messageOf(reason: Element | string): string {
  if (typeof reason === 'string') {
    return reason;
  }
  const message = attribute(reason, 'message');
  const text = typeof reason['#text'] === 'string' ? reason['#text'] : '';
  return text.startsWith(message) ? text : [message, text].filter((part) => part !== '').join('\n');
}

/** Elements with content; one without is an empty text here. */
function elements(value: unknown): Element[] {
  return entries(value).filter((entry): entry is Element => typeof entry === 'object');
}

function entries(value: unknown): (Element | string)[] {
  const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.filter(
    (entry): entry is Element | string => typeof entry === 'string' || (typeof entry === 'object' && entry !== null),
  );
}

function attribute(element: Element, name: string): string {
  const value = element[`@${name}`];
  return typeof value === 'string' ? value : '';
}
