/**
 * Variable by which an agent knows the processes of a job, as `NAME=value` of their environment. Source: azure-pipelines-agent, Agent.Worker/JobRunner.cs.
 * @param jobId `System.JobId`
 */
export function jobMarker(jobId: string): string {
  return `VSTS_PROCESS_LOOKUP_ID=vsts_${jobId}`;
}
