import { TaskError } from '../errors';
import { isLoopback } from '../http/network';

/**
 * A workspace address as base URL: scheme, host and port, no slash at the end. What a browser adds (`/?o=123`, `#job/7`) is dropped.
 * @param source where it was written, for the message
 * @throws TaskError WORKSPACE_URL_INVALID unless it is https, or http to this machine (a local workspace)
 */
export function workspaceUrl(text: string, source: string): string {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (trimmed === '' || !URL.canParse(withScheme)) {
    throw invalid(trimmed, source, 'is not an address');
  }
  const url = new URL(withScheme);
  if (url.username !== '' || url.password !== '') {
    throw invalid(url.host, source, 'contains credentials');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw invalid(trimmed, source, 'is not https, and http is taken for a local workspace on this machine alone');
  }
  return url.origin;
}

function invalid(text: string, source: string, problem: string): TaskError {
  return new TaskError(
    'WORKSPACE_URL_INVALID',
    `The workspace address ${JSON.stringify(text)} of ${source} ${problem}.`,
    {
      todo: 'Write it as the browser shows it, such as https://adb-1234567890123456.7.azuredatabricks.net.',
    },
  );
}
