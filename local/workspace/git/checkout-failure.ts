import { visibleText } from '../../../src/visible-text';
import type { GitSource } from './git-source';

/** Sources of a run that could not be fetched. The message is the task's; it begins as the service begins it, what follows is [U]. */
export class GitCheckoutFailure extends Error {
  override readonly name = 'GitCheckoutFailure';

  constructor(code: 'NOT_FOUND' | 'UNAUTHENTICATED' | 'UNAVAILABLE' | 'FAILED_PRECONDITION' | 'UNKNOWN', why: string) {
    super(`Failed to checkout Git repository: ${code}: ${why}`);
  }
}

/** There is no git to be started. */
export function gitIsMissing(): GitCheckoutFailure {
  return new GitCheckoutFailure(
    'FAILED_PRECONDITION',
    'git is not installed on this machine, or not in the PATH of the local workspace. Install it, then start the workspace again.',
  );
}

/** A branch, tag or commit that the repository does not have. */
export function referenceIsMissing({ url, reference: { kind, name } }: GitSource): GitCheckoutFailure {
  return new GitCheckoutFailure(
    'NOT_FOUND',
    `${url} has no ${kind} '${name}'. Push it, or correct git_source.git_${kind}.`,
  );
}

const NO_ACCESS =
  /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|Host key verification failed|returned error: 40[13]|Access denied/i;
const NO_REPOSITORY =
  /repository (?:(?!repository ).)*(?:not found|does not exist)|does not appear to be a git repository|returned error: 404|no such repository/i;
const NO_SERVER =
  /Could not resolve host|Failed to connect|Connection (?:refused|timed out|reset)|unable to access|Operation too slow|SSL|certificate/i;

/** What git's own words on a fetch mean, with what to do on this machine. */
export function fetchFailure({ url }: GitSource, errors: string): GitCheckoutFailure {
  const said = saidBy(errors);
  const look = `Try 'git ls-remote ${url}' in a terminal of this machine`;
  if (NO_ACCESS.test(errors)) {
    return new GitCheckoutFailure(
      'UNAUTHENTICATED',
      `git of this machine has no access to ${url}. ${look}, and sign in there: the local workspace asks nothing and uses the credentials that git has. ${said}`,
    );
  }
  if (NO_REPOSITORY.test(errors)) {
    return new GitCheckoutFailure(
      'NOT_FOUND',
      `There is no repository ${url}, or git of this machine may not see it. Correct git_source.git_url, or sign in. ${look}. ${said}`,
    );
  }
  return NO_SERVER.test(errors)
    ? new GitCheckoutFailure('UNAVAILABLE', `The server of ${url} cannot be reached. ${look}. ${said}`)
    : new GitCheckoutFailure('UNKNOWN', `${url} cannot be fetched. ${look}. ${said}`);
}

/** A commit whose files could not be written. */
export function filesFailure({ url }: GitSource, errors: string): GitCheckoutFailure {
  return new GitCheckoutFailure('UNKNOWN', `The files of ${url} cannot be written to this machine. ${saidBy(errors)}`);
}

/** Last lines of what git said, without secrets that helpers put into addresses. */
function saidBy(errors: string): string {
  const lines = errors
    .replace(/\b(\w+:\/\/)[^/@\s]+@/g, '$1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length === 0 ? '' : `git says: ${visibleText(lines.slice(-3).join(' ')).slice(0, 600)}`;
}
