const PIP_LINE = /^# MAGIC\s+%pip\s+install\s+(.*)$/;
const QUIET_FLAGS: ReadonlySet<string> = new Set(['-q', '-qq', '--quiet', '-U', '--upgrade']);

/**
 * Requirements that a source-format notebook installs by `%pip install`; they are installed before it starts.
 * @throws Error for options of pip that would change what is installed
 */
export function pipRequirements(source: string): readonly string[] {
  return source.split(/\r?\n/).flatMap((line) => {
    const words =
      PIP_LINE.exec(line)?.[1]
        ?.split(/\s+/)
        .filter((word) => word !== '' && !QUIET_FLAGS.has(word)) ?? [];
    const option = words.find((word) => word.startsWith('-'));
    if (option !== undefined) {
      throw new Error(`The local workspace does not know the option ${option} of %pip install.`);
    }
    return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  });
}
