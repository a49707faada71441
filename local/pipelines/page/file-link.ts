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
  const parts = path.split('/').filter((part, index, all) => part !== '' || (index === 0 && all.length > 1));
  if (parts.length === 0 || path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    return undefined;
  }
  if (/\p{Cs}/u.test(path)) {
    return undefined;
  }
  return `./${parts.map(encodeURIComponent).join('/')}`;
}
