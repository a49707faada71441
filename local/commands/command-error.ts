/** Wrong usage of a command: its message is for the person who typed it, and the exit code is 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
