import { TaskError } from '../../src/errors';
import { integerId, parseJsonForWire } from '../../src/json';

/** More aliases than this are an attack on memory, not a definition. */
const MAX_ALIASES = 50;

/**
 * YAML or JSON to values. Integers beyond 2^53 keep all their digits on their way to the service.
 * @param source where the text stands, for people
 * @throws TaskError DEFINITION_INVALID with line and column
 */
export async function parseDefinition(text: string, source: string): Promise<unknown> {
  return formOf(text) === 'JSON' ? json(text, source) : yaml(text, source);
}

/** How a definition is read. JSON is an object; keys without double quotes are YAML's. */
export function formOf(text: string): 'JSON' | 'YAML' {
  return /^\s*\{\s*(["}]|$)/.test(text) ? 'JSON' : 'YAML';
}

function json(text: string, source: string): unknown {
  try {
    return parseJsonForWire(text);
  } catch (error) {
    const place = (_: string, at: string) => `at ${placeOf(text, Number(at))}`;
    throw invalidDefinition(source, 'JSON', (error as Error).message.replace(/at position (\d+)/, place));
  }
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The parser is loaded only where it is needed. */
async function yaml(text: string, source: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  // `error`: the parser would print its warnings to standard error, past the log and with the text that they are about.
  const options = { lineCounter: lines, prettyErrors: false, intAsBigInt: true, logLevel: 'error' } as const;
  const document = parseDocument(text, options);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw invalidDefinition(source, 'YAML', `${problem.message.split('\n')[0]} at line ${line}, column ${col}`);
  }
  try {
    return withNumbers(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    throw invalidDefinition(source, 'YAML', (error as Error).message);
  }
}

function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : integerId(String(value));
  }
  if (Array.isArray(value)) {
    return value.map(withNumbers);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNumbers(member)]))
    : value;
}

/** @param detail ends the sentence: what is wrong with it */
export function invalidDefinition(source: string, form: 'JSON' | 'YAML', detail: string): TaskError {
  return new TaskError('DEFINITION_INVALID', `The definition of the one-time run cannot be used: ${detail}.`, {
    where: `It stands in ${source} and was read as ${form}.`,
    todo: 'See runs/submit of the Databricks Jobs API for its fields.',
  });
}
