import {
  ALLOW_LIST_SETUP,
  BY_CLAUSE,
  BY_EXPRESSION,
  BY_FUNCTION,
  BY_LITERAL,
  BY_OPERATOR,
  BY_TYPE,
  BY_WRITE,
} from '../../unit/local/workspace/sql/allow-list-cases';
import { CHANGES_SETUP, FAILING_CHANGES } from '../../unit/local/workspace/sql/change-cases';
import {
  AGGREGATES,
  ARITHMETIC,
  BROKEN,
  CASTS,
  COMPARISONS,
  DOUBLES,
  LITERALS,
  MEETING,
  NAMES,
  QUERIES,
  REFUSED,
  SEMANTICS_SETUP,
} from '../../unit/local/workspace/sql/semantics-cases';
import { CHANGES } from './change-history';
import type { AskedStatement } from './comparison';
import { DIFFERENCES_SETUP, KNOWN_DIFFERENCES } from './known-differences';

/** A statement of the corpus; of one that the local workspace refuses by name it claims nothing, so Spark is not asked. */
export interface CorpusStatement extends AskedStatement {
  readonly isRefused: boolean;
}

/** A statement, and the class of the error with which it should end. */
type Case = readonly [statement: string, errorClass?: string];

/** Every case of the SQL tests, as statements for both sides: the tests say what we believe, Spark says whether it is so. */
export function corpus(catalog: string): CorpusStatement[] {
  return [
    ...inSchema(`${catalog}.semantics`, semantics()),
    ...inSchema(`${catalog}.allow_list`, allowList()),
    ...inSchema(`${catalog}.changes`, [...statements(CHANGES_SETUP), ...FAILING_CHANGES, ...statements(CHANGES)]),
    ...inSchema(`${catalog}.differences`, differences()),
  ];
}

function semantics(): Case[] {
  const believed = [LITERALS, DOUBLES, ARITHMETIC, COMPARISONS, MEETING, CASTS].flatMap((cases) => selects(cases));
  return [
    ...statements(SEMANTICS_SETUP),
    ...believed,
    ...REFUSED.map(([expression, errorClass]): Case => [`SELECT ${expression} AS v`, errorClass]),
    ...NAMES.map(([expression]): Case => [`SELECT ${expression}`]),
    ...selects(AGGREGATES, ' FROM t'),
    ...QUERIES.map(([query]): Case => [query]),
    ...BROKEN,
  ];
}

function selects(cases: readonly (readonly [expression: string, ...unknown[]])[], from = ''): Case[] {
  return cases.map(([expression]) => [`SELECT ${expression} AS v${from}`]);
}

function allowList(): Case[] {
  const entries = [BY_EXPRESSION, BY_OPERATOR, BY_FUNCTION, BY_LITERAL, BY_CLAUSE].flatMap((cases) =>
    Object.values(cases).map(([query]) => query),
  );
  const writes = Object.values(BY_WRITE).flatMap(([changes, query]) => [
    'DROP TABLE IF EXISTS w',
    ...changes,
    query,
    'DESCRIBE w',
    'DESCRIBE HISTORY w',
  ]);
  return statements([...ALLOW_LIST_SETUP, ...entries, ...writes, ...ofAllTypes()]);
}

/** One table with a column of each type. */
function ofAllTypes(): string[] {
  const types = Object.entries(BY_TYPE);
  return [
    `CREATE TABLE typed (${types.map(([column, [type]]) => `\`${column}\` ${type}`).join(', ')})`,
    `INSERT INTO typed VALUES (${types.map(([, [, literal]]) => literal).join(', ')}), (${types.map(() => 'NULL').join(', ')})`,
    'SELECT * FROM typed',
    'DESCRIBE typed',
  ];
}

/** Those that no other part has. */
function differences(): Case[] {
  const others = new Set([...FAILING_CHANGES.map(([statement]) => statement as string), ...CHANGES]);
  const own = KNOWN_DIFFERENCES.map(({ statement }) => statement).filter((statement) => !others.has(statement));
  return statements([...DIFFERENCES_SETUP, ...own]);
}

function statements(texts: readonly string[]): Case[] {
  return texts.map((text) => [text]);
}

function inSchema(schema: string, cases: readonly Case[]): CorpusStatement[] {
  return cases.map(([statement, errorClass]) => ({
    schema,
    statement: statement.replaceAll('`main`.`default`', schema).replaceAll('main.default', schema),
    parameters: parametersOf(statement, schema),
    isRefused: errorClass === 'UNSUPPORTED_BY_LOCAL_WORKSPACE',
  }));
}

function parametersOf(statement: string, schema: string): AskedStatement['parameters'] {
  const values = { p: "it's", name: `${schema}.t` };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => new RegExp(`:${name}\\b`).test(statement))
      .map(([name, value]) => [name, ['STRING', value]]),
  );
}
