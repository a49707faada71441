/** A name of up to three levels as SQL identifier: each level in backticks, backticks within it doubled. */
export function quoteName(text: string): string {
  return text
    .split('.')
    .map((level) => `\`${level.replaceAll('`', '``')}\``)
    .join('.');
}
