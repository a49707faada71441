import assert from 'node:assert/strict';
import * as azureDevOps from 'azure-devops-node-api';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { ServiceConnectionName } from '../../../../../local/pipelines/service/ports';
import type { RunningService } from '../../../../../local/pipelines/service/start-service';
import { connectWorkspace } from '../../../../../src/connection/connect';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';
import {
  devOpsRequest,
  guid,
  JOB,
  jobRecord,
  ORGANIZATION,
  PERSON,
  PROJECT,
  recordedRun,
  serviceOver,
  stageRecord,
} from '../../../../support/recorded-run';
import { VirtualClock } from '../../../../support/virtual-clock';
import { connection, surroundings } from '../../../connection/surroundings';

const DATABRICKS: ServiceConnectionName = { id: guid(60), name: 'dbx-prod' };
const ENTRA: ServiceConnectionName = {
  id: guid(61),
  name: 'azure-prod',
  entra: { tenantId: guid(62), applicationId: guid(63) },
};
const AUDIENCE = 'api://AzureADTokenExchange';

describe('Azure DevOps stand-in: ID tokens', () => {
  const clock = new VirtualClock(Date.parse('2026-01-05T08:00:00Z'));
  let service: RunningService;
  let workspace: TestWorkspace;
  const run = recordedRun('1', {
    stages: [
      stageRecord(10, 'train', {
        state: 'inProgress',
        result: undefined,
        jobs: [jobRecord(11, { state: 'inProgress', result: undefined }), jobRecord(12, { name: 'over' })],
      }),
    ],
  });

  before(async () => {
    service = await serviceOver([run], {
      clock,
      connection: (id) => [DATABRICKS, ENTRA].find((known) => known.id === id),
    });
    const federation = [DATABRICKS, ENTRA].map((known) => service.federation(known, PROJECT.name));
    workspace = await startTestWorkspace({
      clock,
      servicePrincipals: [{ applicationId: guid(64), displayName: 'release', federation }],
    });
  });

  after(async () => {
    await workspace.stop();
    await service.stop();
  });

  const ask = (
    connectionId: string | undefined,
    { job = guid(11), plan = run.record.planId, token = JOB.token } = {},
  ) =>
    devOpsRequest(
      service.url,
      `${PROJECT.id}/_apis/distributedtask/hubs/build/plans/${plan}/jobs/${job}/oidctoken?api-version=7.1${
        connectionId === undefined ? '' : `&serviceConnectionId=${connectionId}`
      }`,
      { method: 'POST', token },
    );

  const claimsOf = async (jwt: string) => {
    const configuration = (await (await fetch(new URL('/.well-known/openid-configuration', service.url))).json()) as {
      jwks_uri: string;
    };
    const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
    return (await jwtVerify(jwt, keys, { currentDate: new Date(clock.now()) })).payload;
  };

  it('gives the client a token with the claims of the connection, of the pipeline and of Entra', async () => {
    const api = await new azureDevOps.WebApi(service.url, azureDevOps.getBearerHandler(JOB.token)).getTaskApi();
    const claims = async (id?: string) => {
      const { oidcToken = '' } = await api.createOidcToken(
        {},
        PROJECT.id,
        'build',
        run.record.planId,
        guid(11),
        id as string,
      );
      const { iss, sub, aud, exp = 0, iat = 0 } = await claimsOf(oidcToken);
      assert.deepEqual([aud, exp - iat], [AUDIENCE, 600]);
      return [iss, sub];
    };
    const own = `https://vstoken.dev.azure.com/${ORGANIZATION.id}`;
    assert.deepEqual(await claims(DATABRICKS.id), [own, 'sc://contoso/churn/dbx-prod']);
    assert.deepEqual(await claims(), [own, 'p://contoso/churn/release']);
    assert.deepEqual(await claims(ENTRA.id), [
      `https://login.microsoftonline.com/${guid(62)}/v2.0`,
      `/eid1/c/pub/t/${guid(62)}/a/${guid(63)}/sc/${ORGANIZATION.id}/${ENTRA.id}`,
    ]);
  });

  it('lets a connection without a secret reach a local workspace that trusts it', async () => {
    const context = surroundings({
      'System.OidcRequestUri': `${service.url}${PROJECT.id}/_apis/distributedtask/hubs/build/plans/${run.record.planId}/jobs/${guid(11)}/oidctoken`,
      'System.AccessToken': JOB.token,
    });
    const federated = { ...connection('None', {}, { clientId: guid(64) }), id: DATABRICKS.id };
    const http = connectWorkspace({ kind: 'databricks', connection: federated, workspaceUrl: workspace.url }, context);
    const me = await http.json<{ userName: string }>({ method: 'GET', path: '/api/2.0/preview/scim/v2/Me' });
    assert.equal(me.userName, guid(64));
  });

  it('gives none to a person, for a job that does not run, or for a connection that is not there', async () => {
    assert.equal((await ask(DATABRICKS.id)).status, 200);
    assert.equal((await ask(DATABRICKS.id, { token: PERSON.token })).status, 403);
    assert.equal((await ask(DATABRICKS.id, { job: guid(12) })).status, 404);
    assert.equal((await ask(DATABRICKS.id, { job: guid(99) })).status, 404);
    assert.equal((await ask(DATABRICKS.id, { plan: guid(99) })).status, 404);
    assert.equal((await ask(guid(99))).status, 404);
  });
});
