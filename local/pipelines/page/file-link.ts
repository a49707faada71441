import { type Html, html } from '../../html';

/**
 * A link to a file below the folder of the run, where the page lies too. A path that leads elsewhere, or text that cannot be an address, is shown
 * without a link.
 * @param path parted by `/`
 */
export function fileLink(path: string, label: string): Html {
  const address = addressOf(path);
  return address === undefined
    ? html`<span>${label}</span>`
    : html`<a href="${address}" rel="noopener noreferrer">${label}</a>`;
}

function addressOf(path: string): string | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const leadsAway = parts.some((part) => part === '' || part === '.' || part === '..') || path.includes('\\');
  // Half a surrogate pair has no form in an address.
  return leadsAway || /\p{Cs}/u.test(path) ? undefined : `./${parts.map(encodeURIComponent).join('/')}`;
}
