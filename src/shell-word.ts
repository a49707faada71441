/** A text as one word of a POSIX shell. What holds anything but letters, digits and a few harmless signs is quoted. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
