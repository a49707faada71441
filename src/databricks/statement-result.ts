/** A column of a result; `type_name` such as `LONG`, `type_text` as SQL spells it. */
export interface StatementColumn {
  readonly name: string;
  readonly type_name?: string;
  readonly type_text?: string;
  readonly position?: number;
}

/** Where the rows of a chunk lie; the URL is a short-lived credential. */
export interface ExternalLink {
  readonly external_link: string;
  /** Headers that the request must have. */
  readonly http_headers?: Readonly<Record<string, string>>;
  readonly next_chunk_index?: number;
}

/** A part of the rows of a result; `next_chunk_index` is missing on the last one. */
export interface ResultChunk {
  readonly chunk_index?: number;
  readonly row_offset?: number;
  readonly row_count?: number;
  /** Every value is text or null, whatever its type. */
  readonly data_array?: readonly (readonly (string | null)[])[];
  readonly next_chunk_index?: number;
  /** Instead of `data_array` with the disposition EXTERNAL_LINKS. */
  readonly external_links?: readonly ExternalLink[];
}

/** How a statement stands; `manifest` and the first chunk are there once it has succeeded. */
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
