/** Wire types of the statement execution API. */
export interface StatementColumn {
  readonly name: string;
  readonly type_name?: string;
  readonly type_text?: string;
  readonly position?: number;
}

export interface ResultChunk {
  readonly chunk_index?: number;
  readonly row_offset?: number;
  readonly row_count?: number;
  /** Every value is text or null, whatever its type. */
  readonly data_array?: readonly (readonly (string | null)[])[];
  readonly next_chunk_index?: number;
}

export interface StatementAnswer {
  readonly statement_id: string;
  readonly status: {
    readonly state: string;
    readonly error?: { readonly error_code?: string; readonly message?: string };
    readonly sql_state?: string;
  };
  readonly manifest?: {
    readonly schema?: { readonly column_count?: number; readonly columns?: readonly StatementColumn[] };
    readonly total_row_count?: number;
    readonly total_chunk_count?: number;
    readonly truncated?: boolean;
  };
  readonly result?: ResultChunk;
}
