import { arch, hostname } from 'node:os';
import { AGENT_VERSION } from '../task-environment';
import type { JobFolders } from './job-folders';
import type { JobRequest, Variable } from './job-request';

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows_NT' };

/**
 * Variables that the agent itself adds to those of the server. What the request names already is not replaced, but for the folders,
 * which only the agent knows. Source: the page on predefined variables; azure-pipelines-agent, JobExtension.cs and BuildJobExtension.cs.
 */
export function predefinedVariables(job: JobRequest, folders: JobFolders): Map<string, Variable> {
  const self = job.repositories.find(({ alias }) => alias.toLowerCase() === 'self');
  const known = new Set([...job.variables.keys()].map((name) => name.toLowerCase()));
  const unlessKnown = {
    'Agent.Id': '1',
    'Agent.JobName': job.record.displayName,
    'Agent.Name': hostname(),
    'Agent.MachineName': hostname(),
    'Agent.OS': SYSTEMS[process.platform] ?? process.platform,
    'Agent.OSArchitecture': arch().toUpperCase(),
    'Agent.Version': AGENT_VERSION,
    'System.JobId': job.record.id,
    'System.JobName': job.record.name,
    'System.JobDisplayName': job.record.displayName,
    'System.PhaseName': job.record.phase,
    'System.JobAttempt': String(job.record.attempt),
    'System.CollectionUri': job.collectionUrl,
    'System.TeamFoundationCollectionUri': job.collectionUrl,
    'System.HostType': 'build',
    'System.OidcRequestUri': oidcRequestUri(job),
    'Build.Repository.Name': self?.name ?? '',
    'Build.Repository.ID': self?.name ?? '',
    'Build.Repository.Uri': self?.folder ?? '',
    'Build.Repository.Provider': 'TfsGit',
    'Build.Repository.Clean': 'False',
    'Build.Repository.Git.SubmoduleCheckout': 'False',
    'Build.SourceBranch': self?.ref ?? '',
    'Build.SourceBranchName': self?.ref.split('/').at(-1) ?? '',
    'Build.SourceVersion': self?.commit ?? '',
    TF_BUILD: 'True',
  };
  const ofFolders = {
    'Agent.WorkFolder': folders.work,
    'Agent.HomeDirectory': folders.work,
    'Agent.RootDirectory': folders.work,
    'Agent.BuildDirectory': folders.workspace,
    'Agent.TempDirectory': folders.temp,
    'Agent.ToolsDirectory': folders.tools,
    'Pipeline.Workspace': folders.workspace,
    'Build.SourcesDirectory': folders.sources,
    'Build.Repository.LocalPath': folders.sources,
    'Build.ArtifactStagingDirectory': folders.staging,
    'Build.StagingDirectory': folders.staging,
    'Build.BinariesDirectory': folders.binaries,
    'Common.TestResultsDirectory': folders.testResults,
    'System.DefaultWorkingDirectory': folders.sources,
    'System.ArtifactsDirectory': folders.staging,
    'System.WorkFolder': folders.work,
    'Agent.JobStatus': 'Succeeded',
  };
  const open = [
    ...Object.entries(unlessKnown).filter(([name]) => !known.has(name.toLowerCase())),
    ...Object.entries(ofFolders),
  ].map(([name, value]) => [name, { value, secret: false, readOnly: true }] as const);
  return new Map<string, Variable>([
    ...open,
    ['System.AccessToken', { value: job.jobAccessToken, secret: true, readOnly: true }],
  ]);
}

/** Where the job asks for ID tokens: at the address of its own connection, whatever `System.CollectionUri` says. */
function oidcRequestUri(job: JobRequest): string {
  const textOf = (wanted: string) =>
    [...job.variables].find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1].value ?? '';
  const [project, plan] = ['System.TeamProjectId', 'System.PlanId'].map(textOf);
  return `${job.collectionUrl}${project}/_apis/distributedtask/hubs/build/plans/${plan}/jobs/${job.record.id}/oidctoken`;
}
