/** A pipeline that cannot be run here; the message says why, a sentence each. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}
