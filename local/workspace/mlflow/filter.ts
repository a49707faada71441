import { invalid } from '../fields';

/** What a search may ask for: `attribute` is everything without a prefix. */
export type FilterEntity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset';

export type Comparator =
  | '='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

/** One comparison; a filter is a list of them joined by AND. */
export interface Condition {
  readonly entity: FilterEntity;
  readonly key: string;
  readonly comparator: Comparator;
  /** Text for quoted values, a number for bare ones, a list for IN, `null` for IS NULL. */
  readonly value: string | number | readonly string[] | null;
}

const ENTITIES: ReadonlyMap<string, FilterEntity> = new Map([
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'param'],
  ['params', 'param'],
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);

const BLANKS = /\s*/y;
const WORD = /[A-Za-z_]\w*/y;
const BARE_KEY = /[\w.]+/y;
const QUOTED_KEY = /"([^"]+)"|`([^`]+)`/y;
const OPERATOR = /!=|>=|<=|=|>|<|(?:NOT\s+IN|IN|LIKE|ILIKE|IS\s+NOT\s+NULL|IS\s+NULL)(?!\w)/iy;
const TEXT = /'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.)*)"/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const AND = /AND(?!\w)/iy;

/**
 * Reads MLflow's filter grammar: comparisons such as `metrics.rmse < 60`, `tags."mlflow.databricks.jobRunID" = '12'`,
 * `attributes.run_id IN ('a', 'b')`, joined by AND. There is no OR and no parenthesis.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE with the position of what is wrong
 */
export function parseFilter(filter: string): readonly Condition[] {
  const scanner = new Scanner(filter);
  if (scanner.atEnd()) {
    return [];
  }
  const conditions = [readCondition(scanner)];
  while (!scanner.atEnd()) {
    scanner.expect(AND, 'AND');
    conditions.push(readCondition(scanner));
  }
  return conditions;
}

/**
 * Reads the identifier of a filter or an `order_by` item.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function readIdentifier(scanner: Scanner): { readonly entity: FilterEntity; readonly key: string } {
  const word = scanner.expect(WORD, 'a field')[0];
  const entity = ENTITIES.get(word.toLowerCase());
  if (!scanner.takeCharacter('.')) {
    return { entity: 'attribute', key: word };
  }
  if (entity === undefined) {
    throw invalid(
      `Invalid entity type '${word}' in the filter. Valid ones: metrics, params, tags, attributes, datasets.`,
    );
  }
  const quoted = scanner.take(QUOTED_KEY);
  return { entity, key: quoted?.[1] ?? quoted?.[2] ?? scanner.expect(BARE_KEY, 'a key')[0] };
}

function readCondition(scanner: Scanner): Condition {
  const identifier = readIdentifier(scanner);
  const comparator = scanner.expect(OPERATOR, 'a comparison')[0].toUpperCase().replace(/\s+/g, ' ') as Comparator;
  return { ...identifier, comparator, value: readValue(scanner, comparator) };
}

function readValue(scanner: Scanner, comparator: Comparator): Condition['value'] {
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') {
    return null;
  }
  if (comparator === 'IN' || comparator === 'NOT IN') {
    return readTexts(scanner);
  }
  const text = scanner.take(TEXT);
  return text === undefined ? Number(scanner.expect(NUMBER, 'a quoted text or a number')[0]) : unquoted(text);
}

function readTexts(scanner: Scanner): readonly string[] {
  const texts: string[] = [];
  if (!scanner.takeCharacter('(')) {
    throw scanner.unexpected('a list in parentheses');
  }
  do {
    texts.push(unquoted(scanner.expect(TEXT, 'a quoted text')));
  } while (scanner.takeCharacter(','));
  if (!scanner.takeCharacter(')')) {
    throw scanner.unexpected("')'");
  }
  return texts;
}

function unquoted(match: RegExpExecArray): string {
  const single = match[1];
  return single === undefined
    ? (match[2] ?? '').replace(/\\(.)/gs, '$1')
    : single.replace(/\\(.)|''/gs, (_, escaped: string | undefined) => escaped ?? "'");
}

/** A position in a text and what stands there; blanks between tokens do not matter. */
export class Scanner {
  #position = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    this.#skipBlanks();
    return this.#position === this.text.length;
  }

  take(token: RegExp): RegExpExecArray | undefined {
    this.#skipBlanks();
    token.lastIndex = this.#position;
    const match = token.exec(this.text);
    if (match === null) {
      return undefined;
    }
    this.#position += match[0].length;
    return match;
  }

  takeCharacter(character: string): boolean {
    this.#skipBlanks();
    const found = this.text[this.#position] === character;
    this.#position += found ? 1 : 0;
    return found;
  }

  /** @throws ApiError 400 INVALID_PARAMETER_VALUE when something else stands there */
  expect(token: RegExp, meaning: string): RegExpExecArray {
    const match = this.take(token);
    if (match === undefined) {
      throw this.unexpected(meaning);
    }
    return match;
  }

  unexpected(meaning: string): Error {
    const rest = this.text.slice(this.#position, this.#position + 30);
    return invalid(
      `Invalid filter string: expected ${meaning} at position ${this.#position}, found ${JSON.stringify(rest)}.`,
    );
  }

  #skipBlanks(): void {
    BLANKS.lastIndex = this.#position;
    this.#position += BLANKS.exec(this.text)?.[0].length ?? 0;
  }
}
