import { runsOf } from './find-run';
import type { RecordedRun } from './ports';
import { type Call, json, type Resource } from './route';
import { ServiceError } from './service-error';

/** ID tokens of a running job (`Oidctoken - Create`, api-version 7.1). */
export const idTokens: Resource = {
  area: 'distributedtask',
  name: 'oidctoken',
  locationId: '69a319f4-28c1-4bfd-93e6-ea0ff5c6f1a2',
  template: '{scopeIdentifier}/_apis/{area}/hubs/{hubName}/plans/{planId}/jobs/{jobId}/{resource}',
  resourceVersion: 1,
  operations: [
    {
      method: 'POST',
      summary:
        'A signed ID token for the connection `serviceConnectionId`, or for the pipeline; only with the token of a job that runs',
      answer: answerToken,
    },
  ],
};

/** The codes of the refusals are [U]. */
async function answerToken(call: Call) {
  if (call.caller.kind !== 'job') {
    throw new ServiceError(403, 'AccessDeniedException', 'Only the token of a job gets ID tokens.');
  }
  const run = runOfJob(call);
  const id = call.query.get('serviceConnectionId');
  if (id === null || id === '') {
    return json({ oidcToken: await call.issuer.token(run.record, undefined) });
  }
  const connection = call.options.connection(id);
  if (connection === undefined) {
    throw new ServiceError(
      404,
      'ServiceEndpointNotFoundException',
      `The service connection ${id} does not exist, or the job may not use it.`,
    );
  }
  return json({ oidcToken: await call.issuer.token(run.record, connection) });
}

function runOfJob(call: Call): RecordedRun {
  const { hubName = '', planId = '', jobId = '' } = call.values;
  const run = runsOf(call).find(({ record }) => record.planId.toLowerCase() === planId.toLowerCase());
  if (run === undefined || hubName.toLowerCase() !== 'build') {
    throw new ServiceError(
      404,
      'TaskOrchestrationPlanNotFoundException',
      `There is no plan ${planId} in hub ${hubName}.`,
    );
  }
  const job = run.record.stages.flatMap(({ jobs }) => jobs).find(({ id }) => id.toLowerCase() === jobId.toLowerCase());
  if (job === undefined || job.state !== 'inProgress') {
    throw new ServiceError(
      404,
      'TaskOrchestrationJobNotFoundException',
      `Job ${jobId} of plan ${planId} ${job === undefined ? 'does not exist' : 'does not run'}.`,
    );
  }
  return run;
}
