/** One word of a POSIX shell, so that a name which holds signs of the shell stays a name; `undefined` for text that no terminal should be handed. */
function shellWord(text: string): string | undefined {
  if (/\p{C}/u.test(text)) {
    return undefined;
  }
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line; `undefined` when one of its words cannot be written safely. */
export function commandLine(words: readonly string[]): string | undefined {
  const written = words.map(shellWord);
  return written.some((word) => word === undefined) ? undefined : written.join(' ');
}
