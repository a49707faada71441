/** A type of Databricks SQL. `VOID` is the type of a bare NULL. */
export type SqlType =
  | {
      readonly name:
        | 'STRING'
        | 'TINYINT'
        | 'SMALLINT'
        | 'INT'
        | 'BIGINT'
        | 'DOUBLE'
        | 'BOOLEAN'
        | 'DATE'
        | 'TIMESTAMP'
        | 'VOID';
    }
  | { readonly name: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly name: 'ARRAY'; readonly element: SqlType };
