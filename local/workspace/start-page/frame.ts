import { createHash } from 'node:crypto';
import { Html, html } from '../../html';
import type { Reply, Workspace } from '../api';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f23}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top}
td{overflow-wrap:anywhere}th{white-space:nowrap}table.facts{width:auto}code{white-space:pre-wrap;overflow-wrap:anywhere}
pre{background:#f6f8fa;padding:1rem;overflow:auto;max-height:40rem;white-space:pre-wrap;overflow-wrap:anywhere}a{color:#0550ae}
.note{background:#fff8c5;padding:.5rem 1rem}.SUCCESS,.COMPLETED,.FINISHED,.READY{color:#116329}.FAILED,.TIMEDOUT,.CANCELED,.KILLED,.INTERNAL_ERROR{color:#a40e26}`;

/** Links of the API name a run or job in the fragment (`/?o=…#job/1/run/2`), which only the browser sees. */
const SCRIPT = `const at=/^#job\\/(?:(\\d+)|(?:\\d+\\/)?run\\/(\\d+))$/.exec(location.hash);if(at)location.replace(at[1]?'/jobs/'+at[1]:'/runs/'+at[2]);`;

const POLICY = [
  "default-src 'none'",
  `style-src '${sha256(STYLE)}'`,
  `script-src '${sha256(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page: nothing in it comes from elsewhere, and only the two texts above may style it and run. */
export function pageReply(workspace: Workspace, title: string, body: Html, status = 200): Reply {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><h1><a href="/">Local workspace ${workspace.name}</a></h1>
<p class="note">A tool for development and tests. It is not Azure Databricks, and no place for production data.</p>
${body}
<script>${new Html(SCRIPT)}</script></body></html>
`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: page.text,
  };
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
