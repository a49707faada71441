/** A repository that files are read from. */
export interface RepositoryFiles {
  /** `self`, or the alias of a repository resource. */
  readonly alias: string;
  /** Branch, tag or commit that the resource names; `undefined` reads what lies there. */
  readonly ref: string | undefined;
}

/** Where files come from: the only thing of the expander that does I/O. */
export interface FileSource {
  /** Whether files of this alias can be had at all. */
  knows(alias: string): boolean;
  /**
   * The text of a file by its path from the root of the repository; `undefined` only if there definitely is none.
   * @throws SourceError when the repository or its ref cannot be read
   */
  read(repository: RepositoryFiles, path: string): string | undefined;
}

/** A repository that cannot be read; the caller knows which line asked for it. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
