import { visibleText } from './visible-text';

/**
 * Text from outside as Markdown text: nothing in it becomes a link, an image, HTML, a table cell or a heading, and it stays on one line.
 */
export function escapeMarkdown(text: string): string {
  return visibleText(text.replace(/[\r\n\t]+/g, ' '))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]#+!|~$^]/g, (sign) => `\\${sign}`)
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*)-(?=[\s-]|$)/, '$1\\-')
    .replace(/(https?|ftp):\/\//gi, '$1:\u200B//')
    .replace(/\b(www)\./gi, '$1\u200B.')
    .replace(/@/g, '&#64;');
}

/** A link whose text and address come from outside; only http and https addresses that stay within link and table cell become links. */
export function markdownLink(text: string, url: string): string {
  return /^https?:\/\/[^\s<>"'()|`\\]+$/.test(url) ? `[${escapeMarkdown(text)}](${url})` : escapeMarkdown(text);
}

/** A Markdown table; cells are Markdown already. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
