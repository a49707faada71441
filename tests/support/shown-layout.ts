import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import MarkdownIt, { type Token } from 'markdown-it';
import { parseLoggingCommand } from '../../local/pipelines/logging-command';
import type { FakeHost } from './fake-host';

/** Longest summary that the service shows, and longest line that anybody reads. */
const SUMMARY_BYTES = 1024 * 1024;
const LINE_CHARACTERS = 20_000;
const markdown = new MarkdownIt({ html: true, linkify: true });

/** A step shows no sign that acts, and ends and looks as another did that had harmless texts. */
export function mustLookAs(host: FakeHost, harmless: FakeHost): void {
  mustShowNothing(host);
  assert.equal(host.result, harmless.result, host.printed.slice(0, 500));
  assert.equal(host.error?.code, harmless.error?.code, host.printed.slice(0, 500));
  assert.deepEqual(layoutOf(host), layoutOf(harmless));
}

/** As {@link mustLookAs} for a step that may end in one of several ways; one that ends in none of them shows no sign that acts. */
export function mustLookAsOneOf(host: FakeHost, harmless: readonly FakeHost[]): void {
  mustShowNothing(host);
  const sameEnd = harmless.filter(({ result, error }) => host.result === result && host.error?.code === error?.code);
  const layout = layoutOf(host);
  if (sameEnd.length > 0 && !sameEnd.some((each) => isDeepStrictEqual(layoutOf(each), layout))) {
    assert.deepEqual(layout, layoutOf(sameEnd[0] as FakeHost));
  }
}

/** Every line that the agent gets is one line without command, control character or sign of direction; files are whole, and the error is known. */
export function mustShowNothing(host: FakeHost): void {
  assert.notEqual(host.error?.code, 'UNEXPECTED_ERROR', host.error?.message.slice(0, 400));
  const lines = [...host.lines, ...host.debugLines, ...host.issues.map(({ message }) => message), host.message];
  for (const line of lines) {
    assert.equal(parseLoggingCommand(line), undefined, line.slice(0, 200));
    assert.doesNotMatch(line, /##(vso)?\[/i);
    assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(line.replaceAll('\t', '')), JSON.stringify(line));
    assert.ok(line.length < LINE_CHARACTERS, `a line of ${line.length} characters`);
  }
  for (const { code } of host.issues) {
    assert.match(code ?? '', /^[A-Z0-9_]*$/);
  }
  for (const path of host.summaries) {
    const text = readFileSync(path, 'utf8');
    assert.ok(Buffer.byteLength(text) <= SUMMARY_BYTES, `a summary of ${text.length} characters`);
    assert.ok(!/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text.replace(/[\t\n]/g, '')), 'a sign that cannot be seen');
  }
  for (const token of elementsOf(host).flatMap((block) => [block, ...(block.children ?? [])])) {
    assert.doesNotMatch(token.type, /^(html|image)/);
    assert.doesNotMatch(String(token.attrGet('href')), /evil\.example|^javascript/i);
  }
  for (const { path } of host.attachments.filter(({ path }) => path.endsWith('.json'))) {
    JSON.parse(readFileSync(path, 'utf8'));
  }
}

/** Elements of the summaries as a renderer sees them: what is text and nothing else does not count. */
export function layoutOf(host: FakeHost): readonly string[] {
  return elementsOf(host).flatMap((token) => [
    token.type,
    ...(token.children ?? [])
      .map(({ type }) => type)
      .filter((type) => type !== 'text' && type !== 'text_special')
      .map((type) => `${token.type}: ${type}`),
  ]);
}

const parsed = new WeakMap<FakeHost, readonly Token[]>();

/** Parsed once for each step: one is compared with hundreds. */
function elementsOf(host: FakeHost): readonly Token[] {
  const elements = parsed.get(host) ?? host.summaries.flatMap((path) => markdown.parse(readFileSync(path, 'utf8'), {}));
  parsed.set(host, elements);
  return elements;
}

/** Two steps end alike, with summaries of the same elements. */
export function looksSame(one: FakeHost, other: FakeHost): boolean {
  return (
    one.result === other.result &&
    one.error?.code === other.error?.code &&
    isDeepStrictEqual(layoutOf(one), layoutOf(other))
  );
}
