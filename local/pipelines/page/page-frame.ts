import { createHash } from 'node:crypto';
import { Html, html } from '../../html';
import { SCRIPT } from './script';
import { ICON_SYMBOLS } from './states';
import { STYLE } from './style';

/** Nothing is loaded from anywhere; only the two texts above may style the page and run in it, and no script may write markup. */
const POLICY = [
  "default-src 'none'",
  `style-src '${digest(STYLE)}'`,
  `script-src '${digest(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Seconds between two looks at a run that goes on. */
const REFRESH_SECONDS = 5;

interface Page {
  readonly title: string;
  /** While the run goes on the page loads itself again: by the script, which keeps what is open, or without it by the browser. */
  readonly goesOn: boolean;
  readonly header: Html;
  readonly main: Html;
}

/** The whole document in one file. */
export function pageFrame({ title, goesOn, header, main }: Page): string {
  const refresh = goesOn
    ? html`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`
    : undefined;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
${refresh}<title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><a class="skip" href="#stages">Skip to the stages</a>${ICON_SYMBOLS}
<header>${header}</header>
<main>${main}</main>
<footer class="muted">A run on this machine. All times are UTC.</footer>
<script>${new Html(SCRIPT)}</script></body></html>
`.text;
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
