/**
 * Predefined variables that exist before the run. Source: the table of predefined variables, column "available in templates". [U]: whether
 * Build.CronSchedule.DisplayName does; here it does not, so a template cannot lean on it.
 */
const IN_TEMPLATES: ReadonlySet<string> = new Set(
  [
    'Build.DefinitionName',
    'Build.DefinitionVersion',
    'Build.QueuedBy',
    'Build.QueuedById',
    'Build.Reason',
    'Build.RequestedFor',
    'Build.RequestedForEmail',
    'Build.RequestedForId',
    'Build.SourceBranch',
    'Build.SourceBranchName',
    'Build.SourceVersion',
    'System.AccessToken',
    'System.CollectionId',
    'System.CollectionUri',
    'System.DefinitionId',
    'System.HostType',
    'System.StageName',
    'System.TeamFoundationCollectionUri',
    'System.TeamProject',
    'System.TeamProjectId',
    'System.PullRequest.IsFork',
  ].map((name) => name.toLowerCase()),
);
const PREDEFINED = /^(?:agent|build|checks|environment|pipeline|release|resources|strategy|system|tf_build)(?:\.|$)/i;

/** Variables that a template can see: all but the predefined ones that only the run knows. A branch has a name without being told it. */
export function knownBeforeTheRun(given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of [...DEFAULTS, ...given]) {
    if (!PREDEFINED.test(name) || IN_TEMPLATES.has(name.toLowerCase())) {
      known.set(spelled(known, name), value);
    }
  }
  const branch = known.get('Build.SourceBranch') ?? '';
  if (!known.has('Build.SourceBranchName')) {
    known.set('Build.SourceBranchName', branch.slice(branch.lastIndexOf('/') + 1));
  }
  // Of the merge of a pull request nobody may assume that it comes from no fork: whoever knows it gives the variable.
  if (!known.has(spelled(known, IS_FORK)) && !branch.startsWith('refs/pull/')) {
    known.set(IS_FORK, 'False');
  }
  return known;
}

/** A run by hand of the main branch, unless something else is said. */
const DEFAULTS: readonly (readonly [name: string, value: string])[] = [
  ['Build.Reason', 'Manual'],
  ['Build.SourceBranch', 'refs/heads/main'],
  ['System.HostType', 'build'],
];

const IS_FORK = 'System.PullRequest.IsFork';

/** The spelling under which a name is known already. */
function spelled(known: ReadonlyMap<string, string>, name: string): string {
  return [...known.keys()].find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}
