import { parseXml, XmlDocumentType, XmlElement, type XmlNode } from '@rgrove/parse-xml';

/** One test of a result file. */
export interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly message: string;
}

/** The file is not JUnit XML. */
export class NotJUnit extends Error {
  override readonly name = 'NotJUnit';
}

/**
 * Test cases of a JUnit result file: roots `testsuites` and `testsuite`, suites within suites. A document type, which no writer of test
 * results needs, is refused. A suite that counts failures or errors and shows none (a writer that broke off, or that keeps them elsewhere)
 * has a failed test of its own name.
 * @throws NotJUnit
 */
export function readJUnit(text: string): TestCase[] {
  const root = rootOf(text);
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw new NotJUnit('it has neither a root testsuites nor testsuite');
  }
  return casesOf(root);
}

function rootOf(text: string): XmlElement {
  let nodes: readonly XmlNode[];
  try {
    nodes = parseXml(text, { preserveDocumentType: true }).children;
  } catch (error) {
    // Also elements within elements beyond what the stack takes: the text is at fault, whatever the error. An excerpt of it follows below.
    throw new NotJUnit(`it is no XML: ${(error as Error).message.split('\n')[0]}`);
  }
  const root = nodes.find((node) => node instanceof XmlElement);
  if (root === undefined || nodes.some((node) => node instanceof XmlDocumentType)) {
    throw new NotJUnit('it has a document type, which is not read');
  }
  return root;
}

/** Tests of a suite, of the suites in it, and its own where its numbers say more than it shows. */
function casesOf(suite: XmlElement): TestCase[] {
  const name = attribute(suite, 'name');
  const cases = [
    ...named(suite, 'testcase').map((test) => caseOf(test, name)),
    ...named(suite, 'testsuite').flatMap((inner) => casesOf(inner)),
  ];
  const counted = count(suite, 'failures') + count(suite, 'errors');
  return counted > 0 && !cases.some(({ outcome }) => outcome === 'failed')
    ? [...cases, { suite: name, name: suite.name, outcome: 'failed', milliseconds: 0, message: countedOnly(counted) }]
    : cases;
}

function countedOnly(counted: number): string {
  return `It counts ${counted} failures and errors, but shows none.`;
}

function caseOf(test: XmlElement, suite: string): TestCase {
  const [failure] = [...named(test, 'failure'), ...named(test, 'error')];
  const [skipped] = named(test, 'skipped');
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
function messageOf(reason: XmlElement): string {
  const message = attribute(reason, 'message');
  const text = reason.text.trim();
  return text.startsWith(message) ? text : [message, text].filter((part) => part !== '').join('\n');
}

function named(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((node): node is XmlElement => node instanceof XmlElement && node.name === name);
}

function count(element: XmlElement, name: string): number {
  const value = Number(attribute(element, name));
  return Number.isFinite(value) ? value : 0;
}

function attribute(element: XmlElement, name: string): string {
  return Object.hasOwn(element.attributes, name) ? (element.attributes[name] ?? '') : '';
}
