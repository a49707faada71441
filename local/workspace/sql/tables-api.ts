import { ApiError, type Operation, type Workspace } from '../api';
import { queryFields, requiredText } from '../fields';
import { threeLevels } from '../unity-catalog/names';
import { getSchema } from '../unity-catalog/namespaces';
import type { MetastoreTables } from './metastore-tables';
import { fullName } from './names';
import { type Column, newest, type TableRecord } from './table-records';
import { apiTypeName, typeText } from './types';

/** `/api/2.1/unity-catalog/tables`: list and get; tables are made and dropped by SQL. */
export function tableOperations(workspace: Workspace, tables: MetastoreTables): Operation[] {
  return [
    {
      method: 'GET',
      path: '/api/2.1/unity-catalog/tables',
      note: 'all tables of the schema in one page',
      lacks: 'pages',
      handle: (call) => {
        const query = queryFields(call.query);
        const { catalog, name } = getSchema(
          workspace.metastore,
          requiredText(query, 'catalog_name'),
          requiredText(query, 'schema_name'),
        );
        const found = tables.list(catalog, name).map(describe);
        return { json: found.length === 0 ? {} : { tables: found } };
      },
    },
    {
      method: 'GET',
      path: '/api/2.1/unity-catalog/tables/:full_name',
      handle: (call) => {
        const [catalog, schema, table] = threeLevels(call.params.full_name ?? '');
        const found = tables.find({ catalog, schema, table });
        if (found === undefined) {
          throw new ApiError(404, 'TABLE_DOES_NOT_EXIST', `Table '${catalog}.${schema}.${table}' does not exist.`);
        }
        return { json: describe(found) };
      },
    },
  ];
}

function describe(table: TableRecord): Record<string, unknown> {
  const last = newest(table);
  return {
    name: table.name,
    catalog_name: table.catalog,
    schema_name: table.schema,
    full_name: fullName({ catalog: table.catalog, schema: table.schema, table: table.name }),
    table_type: 'MANAGED',
    data_source_format: 'DELTA',
    columns: last.columns.map(describeColumn),
    ...(table.comment === undefined ? {} : { comment: table.comment }),
    properties: table.properties,
    owner: table.owner,
    table_id: table.id,
    created_at: table.createdAt,
    created_by: table.createdBy,
    updated_at: last.timestamp,
    updated_by: last.userName,
  };
}

function describeColumn(column: Column, position: number): Record<string, unknown> {
  return {
    name: column.name,
    type_text: typeText(column.type).toLowerCase(),
    type_name: apiTypeName(column.type),
    position,
    nullable: column.nullable,
    ...(column.comment === undefined ? {} : { comment: column.comment }),
    ...(column.type.name === 'DECIMAL' ? { type_precision: column.type.precision, type_scale: column.type.scale } : {}),
  };
}
