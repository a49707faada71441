import { randomUUID } from 'node:crypto';
import { CLAUSES } from './allow-list';
import { SqlFailure, unsupported } from './failure';
import { queryScope, requireTable } from './lookup';
import type { Change } from './metastore-tables';
import { fullName, inBackticks, type TableName, tableName } from './names';
import { requireSchema } from './namespaces';
import { renderQuery } from './query';
import { column, NOTHING, type StatementResult } from './result';
import type { Query } from './scope';
import type { Session } from './session';
import { createStorage, insertRows } from './storage';
import { type Column, newest, type TableRecord, type TableVersion } from './table-records';
import { identifier, list, type Node, permitted, plainTable, tagged } from './tree';
import { typeFromTree } from './type-tree';
import { withConnection } from './writing';

/** What a CREATE TABLE asks for. */
interface Definition {
  readonly name: TableName;
  readonly columns: readonly Column[];
  /** AS SELECT. */
  readonly query?: Query;
  readonly replace: boolean;
  readonly ifNotExists: boolean;
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** `CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name (columns) | AS SELECT …`. @throws SqlFailure */
export async function createTable(node: Node, session: Session): Promise<StatementResult> {
  const definition = readDefinition(node, session);
  requireSchema(session, definition.name.catalog, definition.name.schema);
  return withConnection(session, async (connection): Promise<Change<StatementResult>> => {
    const former = session.tables.find(definition.name);
    if (former !== undefined && !definition.replace) {
      if (definition.ifNotExists) {
        return { result: NOTHING };
      }
      throw new SqlFailure(
        'TABLE_OR_VIEW_ALREADY_EXISTS',
        '42P07',
        `Cannot create table or view ${inBackticks(fullName(definition.name))} because it already exists.`,
        'ALREADY_EXISTS',
      );
    }
    const query = definition.query;
    const columns =
      query === undefined ? definition.columns : query.columns.map((found): Column => ({ ...found, nullable: true }));
    const created: TableVersion = {
      version: former === undefined ? 0 : newest(former).version + 1,
      timestamp: session.now,
      userId: session.principal.id,
      userName: session.principal.userName,
      operation: `${definition.replace ? 'CREATE OR REPLACE' : 'CREATE'} TABLE${query === undefined ? '' : ' AS SELECT'}`,
      operationParameters: { isManaged: 'true', properties: JSON.stringify(definition.properties) },
      operationMetrics: {},
      storage: await createStorage(connection, columns),
      columns,
    };
    if (query === undefined) {
      return { save: recordOf(definition, former, created, session), result: NOTHING };
    }
    const rows = await insertRows(connection, created, {
      query,
      bindings: session.bindings,
      targets: columns.map(({ name }) => name),
    });
    return {
      save: recordOf(definition, former, { ...created, operationMetrics: { numOutputRows: String(rows) } }, session),
      result: {
        columns: [column('num_affected_rows', 'BIGINT'), column('num_inserted_rows', 'BIGINT')],
        rows: [],
        truncated: false,
      },
    };
  });
}

function recordOf(
  definition: Definition,
  former: TableRecord | undefined,
  created: TableVersion,
  session: Session,
): TableRecord {
  return {
    id: former?.id ?? randomUUID(),
    catalog: definition.name.catalog,
    schema: definition.name.schema,
    name: definition.name.table,
    ...(definition.comment === undefined ? {} : { comment: definition.comment }),
    properties: definition.properties,
    owner: former?.owner ?? session.principal.userName,
    createdAt: former?.createdAt ?? session.now,
    createdBy: former?.createdBy ?? session.principal.userName,
    versions: [...(former?.versions ?? []), created],
  };
}

function readDefinition(value: Node, session: Session): Definition {
  const node = permitted(CLAUSES, 'create_table', value);
  const columns = list(node.columns).map((definition) => readColumn(definition as Node));
  const asSelect = node.as_select;
  if ((asSelect === null || asSelect === undefined) === (columns.length === 0)) {
    throw unsupported('CREATE TABLE with neither or both of columns and AS SELECT');
  }
  const options = readOptions(node);
  return {
    name: tableName(plainTable(node.name), session.defaults),
    columns,
    ...(columns.length > 0 ? {} : { query: renderQuery(asSelect, queryScope(session)) }),
    replace: node.or_replace === true,
    ifNotExists: node.if_not_exists === true,
    ...options,
  };
}

/** One column of a definition. @throws SqlFailure */
export function readColumn(value: Node): Column {
  const node = permitted(CLAUSES, 'column_definition', value);
  const name = identifier(node.name);
  if (name === undefined) {
    throw unsupported('a column without a name');
  }
  const comments = list(node.constraints).map((constraint) => {
    const [kind, text] = Object.entries(constraint as object)[0] ?? ['', undefined];
    if (kind !== 'Comment' || typeof text !== 'string') {
      throw unsupported(`the column constraint ${kind.toUpperCase()}`);
    }
    return text;
  });
  const comment = comments[0];
  return {
    name,
    type: typeFromTree(node.data_type as Node),
    nullable: node.nullable !== false,
    ...(comment === undefined ? {} : { comment }),
  };
}

function readOptions(node: Node): Pick<Definition, 'comment' | 'properties'> {
  let comment: string | undefined;
  const properties: Record<string, string> = {};
  for (const option of list(node.properties)) {
    const [kind, content] = tagged(option);
    permitted(CLAUSES, kind, content);
    if (kind === 'file_format_property') {
      requireDelta(content);
    } else if (kind === 'schema_comment_property') {
      comment = literalText(content.this);
    } else {
      for (const pair of list(content.expressions)) {
        const [, { left, right }] = tagged(pair);
        properties[propertyKey(left)] = literalText(right);
      }
    }
  }
  return { properties, ...(comment === undefined ? {} : { comment }) };
}

function requireDelta(format: Node): void {
  const [, name] = tagged(format.this);
  if (identifier(name)?.toUpperCase() !== 'DELTA') {
    throw unsupported(`the table format ${identifier(name) ?? ''}`);
  }
}

/** The key of a property: a string, or words with a dot between. */
function propertyKey(value: unknown): string {
  const [kind, node] = tagged(value);
  const words = [identifier(node.table), identifier(node.name)].filter((word) => word !== undefined);
  return kind === 'column' && words.length > 0 ? words.join('.') : literalText(value);
}

function literalText(value: unknown): string {
  const [kind, node] = tagged(value);
  if (kind === 'boolean') {
    return String(node.value === true);
  }
  if (kind !== 'literal' || (node.literal_type !== 'string' && node.literal_type !== 'number')) {
    throw unsupported('an option of a table that is not a string');
  }
  return String(node.value);
}

/** `DROP TABLE [IF EXISTS] name`: its history goes too. @throws SqlFailure */
export async function dropTable(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'drop_table', value);
  const [table, ...more] = list(node.names);
  if (table === undefined || more.length > 0) {
    throw unsupported('DROP TABLE of several tables');
  }
  const name = tableName(plainTable(table), session.defaults);
  return withConnection(session, async (): Promise<Change<StatementResult>> => {
    if (node.if_exists === true && session.tables.find(name) === undefined) {
      return { result: NOTHING };
    }
    return { remove: [requireTable(session, name)], result: NOTHING };
  });
}
