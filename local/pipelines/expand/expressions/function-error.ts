/** A function that cannot do what it was asked; the caller knows where the expression stands. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
