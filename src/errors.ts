/**
 * A failure that the user can act on. It is printed as up to three sentences: what failed, where, what to do.
 * Everything that is not a `TaskError` is a defect of ours and is reported as such.
 */
export class TaskError extends Error {
  override readonly name: string = 'TaskError';

  /**
   * @param code stable upper-case code, listed in docs/errors.md (`code=` of the log issue)
   * @param message one sentence: what failed
   * @param options `where`: one sentence or id with a link; `todo`: one sentence on what to do; `cause`: the error below
   */
  constructor(
    readonly code: string,
    message: string,
    readonly options: { readonly where?: string; readonly todo?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }

  /** The sentences in order, joined by a blank. */
  get sentences(): string {
    return [this.message, this.options.where, this.options.todo]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
  }
}
