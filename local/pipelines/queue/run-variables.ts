import type { Variable } from '../agent/job-request';
import type { RunRecord } from '../record/run-record';
import { idOfName } from '../settings/name-ids';

/** The organisation that stands in for one of Azure DevOps. Its name ends in `localhost`, which leads nowhere but to this machine. */
export const ORGANIZATION = { id: idOfName('organization', 'local'), name: 'local' };
/**
 * `System.CollectionUri`: the same in every process, because keys of idempotency are made of it. The stand-in of the REST interface has
 * another address each time, which tasks find in the connection of their job.
 */
export const COLLECTION_URI = `http://pipelines.localhost/${ORGANIZATION.name}/`;

/** Reasons as the command takes them, and as `Build.Reason` names them. */
export const REASONS = {
  manual: 'Manual',
  push: 'IndividualCI',
  pullRequest: 'PullRequest',
  schedule: 'Schedule',
} as const;
export type Reason = keyof typeof REASONS;

/** What a run is queued for. */
export interface QueuedFor {
  readonly reason: Reason;
  /** Full ref: of a pull request, of what it would merge. */
  readonly branch: string;
  readonly fork: boolean;
  /** Display name of the schedule. */
  readonly schedule: string | undefined;
}

/** Ref of a pull request that would be merged; there is one, the first. */
const PULL_REQUEST_REF = 'refs/pull/1/merge';

/*
 * [U] No predefined variable that the page names holds the title of a pull request, so a local run has none either, and no test puts hostile text
 * into one. Texts of outsiders that do reach a run, branch names and commit messages, are tested.
 */

/** `Build.SourceBranch`. */
export function sourceBranch({ reason, branch }: QueuedFor): string {
  return reason === 'pullRequest' ? PULL_REQUEST_REF : branch;
}

/** Predefined variables that exist before the run and are the same for all of it. Source: the page on predefined variables. */
export function queueVariables(
  queued: QueuedFor,
  facts: Pick<RunRecord, 'pipeline' | 'project' | 'requestedFor' | 'commit'>,
): ReadonlyMap<string, string> {
  const branch = sourceBranch(queued);
  const ofPullRequest = {
    'System.PullRequest.PullRequestId': '1',
    'System.PullRequest.SourceBranch': queued.branch,
    'System.PullRequest.SourceBranchName': lastPart(queued.branch),
    'System.PullRequest.TargetBranch': 'refs/heads/main',
    'System.PullRequest.TargetBranchName': 'main',
    'System.PullRequest.SourceCommitId': facts.commit,
  };
  return new Map(
    Object.entries({
      'Build.Reason': REASONS[queued.reason],
      'Build.DefinitionName': facts.pipeline.name,
      'Build.DefinitionVersion': '1',
      'Build.QueuedBy': facts.requestedFor.name,
      'Build.QueuedById': facts.requestedFor.id,
      'Build.RequestedFor': facts.requestedFor.name,
      'Build.RequestedForId': facts.requestedFor.id,
      'Build.RequestedForEmail': '',
      'Build.SourceBranch': branch,
      'Build.SourceBranchName': lastPart(branch),
      'Build.SourceVersion': facts.commit,
      'System.CollectionId': ORGANIZATION.id,
      'System.CollectionUri': COLLECTION_URI,
      'System.TeamFoundationCollectionUri': COLLECTION_URI,
      'System.TeamProject': facts.project.name,
      'System.TeamProjectId': facts.project.id,
      'System.DefinitionId': facts.pipeline.id,
      'System.HostType': 'build',
      ...(queued.reason === 'pullRequest' ? ofPullRequest : {}),
      ...isFork(queued),
      ...(queued.schedule === undefined ? {} : { 'Build.CronSchedule.DisplayName': queued.schedule }),
    }),
  );
}

/** A merge of a pull request that is run by hand has no such variable, because nobody knows: templates have to count it as a fork's. */
function isFork({ reason, branch, fork }: QueuedFor): Readonly<Record<string, string>> {
  if (reason === 'pullRequest') {
    return { 'System.PullRequest.IsFork': fork ? 'True' : 'False' };
  }
  return branch.startsWith('refs/pull/') ? {} : { 'System.PullRequest.IsFork': 'False' };
}

/**
 * All variables of a run: predefined ones, which nobody can change, and those given when it was queued.
 * @param given win over the pipeline's own of the same name
 */
export function runVariables(
  record: RunRecord,
  predefined: ReadonlyMap<string, string>,
  message: string,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, Variable> {
  const open = (value: string, readOnly: boolean): Variable => ({ value, secret: false, readOnly });
  const late = {
    'Build.BuildId': record.id,
    'Build.BuildNumber': record.number,
    'Build.BuildUri': `vstfs:///Build/Build/${record.id}`,
    'Build.SourceVersionMessage': message.slice(0, 200),
    'System.PlanId': record.planId,
    'System.TimelineId': record.timelineId,
    'System.PipelineStartTime': record.queuedAt,
  };
  return new Map([
    ...[...given].map(([name, value]) => [name, open(value, false)] as const),
    ...[...predefined, ...Object.entries(late)].map(([name, value]) => [name, open(value, true)] as const),
  ]);
}

function lastPart(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
