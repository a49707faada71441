import { TaskError } from '../errors';
import { parseJson } from '../json';

/** Items one a line, or separated by commas; blanks around items and empty items go. */
export function parseList(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * `key=value` a line (the first `=` splits; blank lines and lines that begin with `#` are skipped) or one JSON object of scalars.
 * @throws TaskError INPUT_INVALID that names the input and the line
 */
export function parseMap(name: string, text: string, form = 'key=value'): Map<string, string> {
  return text.trimStart().startsWith('{') ? mapOfJson(name, text, form) : mapOfLines(name, text, form);
}

function mapOfLines(name: string, text: string, form: string): Map<string, string> {
  const values = new Map<string, string>();
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      return;
    }
    const equals = line.indexOf('=');
    const key = equals < 0 ? '' : line.slice(0, equals).trim();
    if (key === '') {
      throw invalidMap(name, form, `line ${index + 1} is not '${form}': ${JSON.stringify(line)}`);
    }
    add(name, form, values, key, line.slice(equals + 1).trim());
  });
  return values;
}

function mapOfJson(name: string, text: string, form: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch (error) {
    throw invalidMap(name, form, `it begins like JSON but is not: ${(error as Error).message}`);
  }
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (typeof value === 'object' && value !== null) {
      throw invalidMap(name, form, `'${key}' is not text, a number, true or false`);
    }
    add(name, form, values, key, value === null ? '' : String(value));
  }
  return values;
}

function add(name: string, form: string, values: Map<string, string>, key: string, value: string): void {
  if (values.has(key)) {
    throw invalidMap(name, form, `'${key}' stands there twice`);
  }
  values.set(key, value);
}

function invalidMap(name: string, form: string, detail: string): TaskError {
  return new TaskError('INPUT_INVALID', `Input '${name}' cannot be read: ${detail}.`, {
    todo: `Write one '${form}' a line, or one JSON object.`,
  });
}
