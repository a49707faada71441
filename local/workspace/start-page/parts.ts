import { stripVTControlCharacters } from 'node:util';
import { type Html, html } from '../../html';

/** Characters of a log that are shown, from its end. */
const MOST_SHOWN = 200_000;

/** What a page is made of. */
export interface Page {
  readonly title: string;
  readonly body: Html;
}

export type Cell = string | Html;

export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  return rows.length === 0
    ? html`<p>None yet.</p>`
    : html`<table><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>${rows.map(
        (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
      )}</table>`;
}

/** Names with their values; those without a value are left out. */
export function facts(rows: readonly (readonly [name: string, value: Cell | undefined])[]): Html {
  const known = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<table class="facts">${known.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>`;
}

/** A link within the workspace; every part of the path is encoded. */
export function link(parts: readonly string[], text: string): Html {
  return html`<a href="/${parts.map(encodeURIComponent).join('/')}">${text}</a>`;
}

/** A state in one word with its colour. */
export function stateWord(word: string): Html {
  return html`<span class="${word}">${word}</span>`;
}

/** Milliseconds since the epoch as ISO 8601 in UTC; empty for none. */
export function moment(time: number | undefined): string {
  return time === undefined || time === 0 ? '' : new Date(time).toISOString();
}

/** From one time to another, in seconds; empty before the end. */
export function seconds(start: number, end: number | undefined): string {
  return end === undefined || end === 0 || start === 0 ? '' : `${((end - start) / 1000).toFixed(1)} s`;
}

/** A value of the API as text. */
export function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value, undefined, 1) : String(value ?? '');
}

/** The end of a log, without what only a terminal understands. */
export function logText(text: string): Html | undefined {
  const end = text.slice(-MOST_SHOWN);
  const shown = stripVTControlCharacters(end)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '');
  const cut = text.length - end.length;
  return shown.trim() === ''
    ? undefined
    : html`${cut > 0 ? html`<p>${cut} characters before are left out.</p>` : undefined}<pre>${shown}</pre>`;
}
