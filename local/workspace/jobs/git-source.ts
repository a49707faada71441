import { type Fields, invalid, optionalText, requiredText } from '../fields';

const PROVIDERS =
  'github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit';
const REFERENCES = ['git_branch', 'git_tag', 'git_commit'] as const;

/**
 * Where the sources of a job come from (databricks-api 3.3). The sentence on the provider is that of the service, the others are [U].
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function checkGitSource(source: Fields | undefined): void {
  if (source === undefined) {
    return;
  }
  if (!PROVIDERS.split(',').includes((optionalText(source, 'git_provider') ?? '').toLowerCase())) {
    throw invalid(`git_source.git_provider must be one of: ${PROVIDERS}`);
  }
  requiredText(source, 'git_url');
  const given = REFERENCES.filter((name) => source[name] != null);
  if (given.length !== 1) {
    throw invalid(
      `git_source must have exactly one of ${REFERENCES.join(', ')}, it has ${given.join(', ') || 'none'}.`,
    );
  }
}
