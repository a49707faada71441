import { isSymbol, isWord, type Token, tokenize, tokensToSql } from '../sql/service';

/** A table or materialized view that a pipeline defines. */
export interface Dataset {
  /** As written, without backticks: one to three parts. */
  readonly name: readonly string[];
  readonly kind: 'MATERIALIZED VIEW' | 'STREAMING TABLE';
  /** The statement that computes it anew as a table. */
  readonly statement: string;
  /** Every identifier of its query, for the order. */
  readonly identifiers: ReadonlySet<string>;
}

/** What a source file of a pipeline gets wrong; the message becomes the error of the update. */
export class PipelineSourceError extends Error {
  override readonly name = 'PipelineSourceError';
}

/**
 * The datasets of a SQL source: `CREATE [OR REFRESH] MATERIALIZED VIEW | [STREAMING] [LIVE] TABLE name [COMMENT text] AS query`.
 * A streaming table is computed from the whole of its sources, as by a full refresh.
 * @param text with its `${…}` already replaced
 * @throws PipelineSourceError for any other statement
 */
export function datasetsOf(file: string, text: string): readonly Dataset[] {
  const statements: Token[][] = [[]];
  for (const token of tokenize(text)) {
    if (isSymbol(token, ';')) {
      statements.push([]);
    } else {
      statements.at(-1)?.push(token);
    }
  }
  return statements.filter((tokens) => tokens.length > 0).map((tokens) => dataset(file, tokens));
}

function dataset(file: string, tokens: readonly Token[]): Dataset {
  let at = 0;
  const word = (...words: readonly string[]) => {
    const found = isWord(tokens[at], ...words);
    at += found ? 1 : 0;
    return found;
  };
  const refuse = (): never => {
    const start = tokensToSql(tokens.slice(0, 8));
    throw new PipelineSourceError(
      `${file}: the local workspace runs CREATE OR REFRESH MATERIALIZED VIEW and STREAMING TABLE … AS queries only, not: ${start} …`,
    );
  };
  if (!word('CREATE')) {
    refuse();
  }
  if (word('OR') && !word('REFRESH')) {
    refuse();
  }
  const materialized = word('MATERIALIZED');
  const streaming = !materialized && word('STREAMING');
  const live = word('LIVE');
  if (materialized ? !word('VIEW') : !word('TABLE') || (!streaming && !live)) {
    refuse();
  }
  const name: string[] = [];
  do {
    const part = tokens[at];
    if (part?.kind !== 'word' && part?.kind !== 'quoted') {
      return refuse();
    }
    name.push(part.text);
    at += 1;
  } while (isSymbol(tokens[at], '.') && ++at > 0);
  if (word('COMMENT')) {
    at += tokens[at]?.kind === 'string' ? 1 : 0;
  }
  if (!word('AS') || name.length > 3) {
    refuse();
  }
  const query = sources(tokens.slice(at));
  const spelled: Token[] = name.flatMap((text, index): Token[] => [
    ...(index === 0 ? [] : [{ kind: 'symbol', text: '.' } as const]),
    { kind: 'quoted', text },
  ]);
  return {
    name,
    kind: streaming ? 'STREAMING TABLE' : 'MATERIALIZED VIEW',
    statement: `CREATE OR REPLACE TABLE ${tokensToSql(spelled)} AS ${tokensToSql(query)}`,
    identifiers: new Set(
      query.filter(({ kind }) => kind === 'word' || kind === 'quoted').map(({ text }) => fold(text)),
    ),
  };
}

/** `LIVE.x` means the dataset x, and `STREAM(x)` or `STREAM x` its rows. */
function sources(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (isWord(token, 'LIVE') && isSymbol(tokens[at + 1], '.')) {
      at += 1;
    } else if (isWord(token, 'STREAM') && isWord(tokens[at - 1], 'FROM', 'JOIN')) {
      const end = isSymbol(tokens[at + 1], '(')
        ? tokens.findIndex((one, index) => index > at && isSymbol(one, ')'))
        : -1;
      if (end > at) {
        kept.push(...sources(tokens.slice(at + 2, end)));
        at = end;
      }
    } else if (token !== undefined) {
      kept.push(token);
    }
  }
  return kept;
}

/**
 * Datasets in an order in which each comes after those that its query names.
 * @throws PipelineSourceError for a circle and for a name that is defined twice
 */
export function inOrder(datasets: readonly Dataset[]): readonly Dataset[] {
  const names = datasets.map(lastPart);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new PipelineSourceError(`The dataset '${repeated}' is defined twice.`);
  }
  const ordered: Dataset[] = [];
  let waiting = [...datasets];
  while (waiting.length > 0) {
    const open = new Set(waiting.map(lastPart));
    const ready = waiting.filter(
      (one) => ![...one.identifiers].some((name) => name !== lastPart(one) && open.has(name)),
    );
    if (ready.length === 0) {
      throw new PipelineSourceError(`The datasets ${[...open].join(', ')} depend on each other in a circle.`);
    }
    ordered.push(...ready);
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  return ordered;
}

/** Name of a dataset within its pipeline, in the form in which names are compared. */
export function lastPart({ name }: Dataset): string {
  return fold(name.at(-1) ?? '');
}

/** Identifiers are compared without regard to case. */
export function fold(name: string): string {
  return name.toLowerCase();
}
