/** A name of one level, such as a column or a principal, as SQL identifier: in backticks, backticks within it doubled. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A name of up to three levels as SQL identifier: each level quoted. */
export function quoteName(text: string): string {
  return text.split('.').map(quoteIdentifier).join('.');
}
