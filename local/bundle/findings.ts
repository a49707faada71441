/** What is found while a bundle is read, gathered so that all of it can be said at once. */
export interface Findings {
  /** Sentences on what stands in the way. */
  readonly problems: string[];
  /** Sentences on what happens here otherwise than with the Databricks CLI. */
  readonly warnings: string[];
  /** Places of what is not read here, such as `databricks.yml: sync`. */
  readonly ignored: string[];
}

export function noFindings(): Findings {
  return { problems: [], warnings: [], ignored: [] };
}
