import { type Fields, invalid, optionalText, requiredText } from '../fields';
import type { GitReference, GitSource } from '../git/git-source';

const PROVIDERS =
  'github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit';
const REFERENCES = { git_branch: 'branch', git_tag: 'tag', git_commit: 'commit' } as const;

/**
 * Where the sources of a job come from (databricks-api 3.3). The sentence on the provider is that of the service, the others are [U], and so is
 * that it takes addresses of SSH.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function gitSource(source: Fields): GitSource {
  const provider = optionalText(source, 'git_provider') ?? '';
  if (!PROVIDERS.split(',').includes(provider.toLowerCase())) {
    throw invalid(`git_source.git_provider must be one of: ${PROVIDERS}`);
  }
  const url = requiredText(source, 'git_url');
  refuseUrl(url);
  const given = (Object.keys(REFERENCES) as (keyof typeof REFERENCES)[]).filter((name) => source[name] != null);
  const [name] = given;
  if (name === undefined || given.length !== 1) {
    throw invalid(
      `git_source must have exactly one of ${Object.keys(REFERENCES).join(', ')}, it has ${given.join(', ') || 'none'}.`,
    );
  }
  const reference: GitReference = { kind: REFERENCES[name], name: requiredText(source, name) };
  refuseReference(name, reference);
  return { url, provider, reference };
}

/** Checks the `git_source` of a job or one-time run. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function checkGitSource(source: Fields | undefined): void {
  if (source !== undefined) {
    gitSource(source);
  }
}

/** `user@host:path`, which git reads as SSH. */
const SCP_FORM = /^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:(?!\/\/|:)[^\s]+$/;

/** A URL is read here as git reads it, which does not mend it as browsers do (`https:///a`, `https:a`). */
const HOST_AS_WRITTEN = /^(?:https|ssh):\/\/(?:[^-/@][^/@]*@)?[A-Za-z0-9[]/i;

/** Only what leads to a server: `file:`, `ext::` and the like would read this machine, or run its programs. */
function refuseUrl(text: string): void {
  if (/[\p{Cc}\s\\]/u.test(text)) {
    throw invalid('git_source.git_url has a space, a backslash or a control character.');
  }
  if (SCP_FORM.test(text)) {
    return;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isServer = (url?.protocol === 'https:' || url?.protocol === 'ssh:') && /^[A-Za-z0-9[]/.test(url.hostname);
  if (url === undefined || !isServer || !HOST_AS_WRITTEN.test(text)) {
    throw invalid(
      `git_source.git_url '${text}' must be the address of a repository on a server: https://…, ssh://… or user@host:path.`,
    );
  }
  if (url.password !== '') {
    throw invalid(
      'git_source.git_url has a password in it, which everybody who sees the job would see. Give the address without; git signs in by its own credentials.',
    );
  }
}

/** What git refuses as a name (git-check-ref-format), and names that it would take for an option. */
function refuseReference(field: string, { kind, name }: GitReference): void {
  if (kind === 'commit') {
    if (!/^[0-9a-f]{7,64}$/i.test(name)) {
      throw invalid(`git_source.git_commit '${name}' must be the hash of a commit.`);
    }
    return;
  }
  const isName =
    !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$|^\/|^-|^@$/u.test(name) &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
  if (!isName) {
    throw invalid(`git_source.${field} '${name}' cannot be the name of a ${kind}.`);
  }
}
