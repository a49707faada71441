import type { TaskContext } from '../../src/agent/task-context';
import type { Provenance } from '../../src/evaluation/report-types';

const VARIABLES: Readonly<Record<string, string>> = {
  collection: 'System.CollectionUri',
  project: 'System.TeamProject',
  pipeline: 'Build.DefinitionName',
  runId: 'Build.BuildId',
  runNumber: 'Build.BuildNumber',
  stage: 'System.StageName',
  job: 'System.JobName',
  jobId: 'System.JobId',
  step: 'System.TaskInstanceName',
  requestedFor: 'Build.RequestedFor',
  repository: 'Build.Repository.Name',
  branch: 'Build.SourceBranch',
  commit: 'Build.SourceVersion',
};

/** Where a report was made, as far as the pipeline says. */
export function provenanceOf({ host, taskName, taskVersion }: TaskContext): Provenance {
  const known = Object.entries(VARIABLES)
    .map(([name, variable]) => [name, host.variable(variable) ?? ''] as const)
    .filter(([, value]) => value !== '');
  return { host: host.kind, tool: `${taskName} ${taskVersion}`, ...Object.fromEntries(known) };
}
