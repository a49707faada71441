import type { ServiceConnectionName } from '../../local/pipelines/service/ports';
import type { RunningService } from '../../local/pipelines/service/start-service';
import type { PipelineConnection } from '../../local/pipelines/task-environment';
import type { ServicePrincipal } from '../../local/workspace/oauth/service-principals';
import type { StartOptions } from '../../local/workspace/server';
import type { Clock } from '../../src/clock';
import { mustNotAppear } from './captured-output';
import { privateAuthority } from './certificates';
import { type Entra, startEntra } from './entra';
import type { HttpDouble } from './http-double';
import { startInstanceMetadata } from './instance-metadata';
import { startTestWorkspace, type TestWorkspace } from './local-workspace';
import { guid, JOB, jobRecord, ORGANIZATION, PROJECT, recordedRun, serviceOver, stageRecord } from './recorded-run';

const TENANT = guid(500);
const DATABRICKS: ServiceConnectionName = { id: guid(510), name: 'dbx-prod' };
const AZURE: ServiceConnectionName = { id: guid(511), name: 'azure-prod' };
const ENTRA_ISSUED: ServiceConnectionName = {
  id: guid(512),
  name: 'azure-new',
  entra: { tenantId: TENANT, applicationId: guid(522) },
};
const STRANGER: ServiceConnectionName = { id: guid(513), name: "dbx o'neil" };
const CONNECTIONS = [DATABRICKS, AZURE, ENTRA_ISSUED, STRANGER];

/** Application ids of the service principals, by how they sign in. */
export const PRINCIPALS = {
  federation: guid(520),
  secret: guid(521),
  azure: guid(522),
  machine: guid(523),
  assigned: guid(524),
  roleOnly: guid(525),
};
/** The workspace as an object of Azure. */
export const RESOURCE_ID = '/subscriptions/s-1/resourceGroups/rg-ml/providers/Microsoft.Databricks/workspaces/dbx-prod';
/** What App Service gives to its processes. */
export const IDENTITY_HEADER = 'header-of-the-identity-endpoint';
const SECRET = 's3cret+of/the=application&';

/** One way to sign in: what the step is given, and who it then is. */
export interface Way {
  readonly name: string;
  readonly input: 'databricksConnection' | 'azureSubscription';
  readonly connection: PipelineConnection;
  /** Variables of the job beyond the usual ones. */
  readonly variables?: Readonly<Record<string, string>>;
  /** User name in the workspace; absent: the administrator's. */
  readonly userName?: string;
}

/** Azure DevOps, Entra, a machine with managed identities, and a workspace that trusts them; all by HTTP on loopback. */
export interface SignInScene {
  readonly devOps: RunningService;
  readonly entra: Entra;
  readonly metadata: HttpDouble;
  readonly workspace: TestWorkspace;
  /** Variables that the agent gives to every step of the job. */
  readonly variables: Readonly<Record<string, string>>;
  readonly ways: readonly Way[];
  way(name: string): Way;
  stop(): Promise<void>;
}

/** @param options of the workspace */
export async function startSignInScene(clock: Clock, options: Partial<StartOptions> = {}): Promise<SignInScene> {
  const authority = privateAuthority();
  const certificate = authority.issue('application', []);
  authority.remove();
  const running = jobRecord(11, { state: 'inProgress', result: undefined });
  const stage = stageRecord(10, 'train', { state: 'inProgress', result: undefined, jobs: [running] });
  const run = recordedRun('1', { stages: [stage] });
  const devOps = await serviceOver([run], {
    clock,
    connection: (id) => CONNECTIONS.find((known) => known.id === id),
  });
  const trust = (connection: ServiceConnectionName) => devOps.federation(connection, PROJECT.name);
  const entra = await startEntra(clock, TENANT, [
    {
      id: PRINCIPALS.azure,
      secret: SECRET,
      certificate: certificate.cert,
      federation: [trust(AZURE), trust(ENTRA_ISSUED)],
    },
    { id: PRINCIPALS.roleOnly, secret: SECRET },
  ]);
  const identities = { own: PRINCIPALS.machine, assigned: [PRINCIPALS.assigned] };
  const metadata = await startInstanceMetadata(clock, entra, identities, IDENTITY_HEADER);
  const workspace = await startTestWorkspace({
    ...options,
    clock,
    entra: { issuer: entra.issuer, jwks: entra.jwks, workspaceResourceId: RESOURCE_ID },
    servicePrincipals: members([trust(DATABRICKS)]),
  });
  const ways = waysOf(workspace, entra, metadata, certificate.cert + certificate.key);
  const { planId } = run.record;
  return {
    devOps,
    entra,
    metadata,
    workspace,
    variables: {
      'System.CollectionUri': devOps.url,
      'System.TeamProjectId': PROJECT.id,
      'System.HostType': 'build',
      'System.PlanId': planId,
      'System.JobId': running.id,
      'System.OidcRequestUri': `${devOps.url}${PROJECT.id}/_apis/distributedtask/hubs/build/plans/${planId}/jobs/${running.id}/oidctoken`,
    },
    ways,
    way: (name) => {
      const found = ways.find((way) => way.name === name);
      if (found === undefined) {
        throw new Error(`no way '${name}'`);
      }
      return found;
    },
    stop: async () => {
      await workspace.stop();
      await metadata.close();
      await entra.close();
      await devOps.stop();
    },
  };
}

/** Token of the job. */
export const JOB_TOKEN = mustNotAppear(JOB.token);
export { ORGANIZATION, STRANGER };

function members(federation: NonNullable<ServicePrincipal['federation']>): readonly ServicePrincipal[] {
  const { roleOnly, ...known } = PRINCIPALS;
  return [
    ...Object.entries(known).map(([displayName, applicationId]) => ({
      applicationId,
      displayName,
      ...(displayName === 'federation' ? { federation } : {}),
      ...(displayName === 'secret' ? { secret: SECRET } : {}),
    })),
    { applicationId: roleOnly, displayName: 'roleOnly', member: false },
  ];
}

function waysOf(workspace: TestWorkspace, entra: Entra, metadata: HttpDouble, pem: string): readonly Way[] {
  const { url } = workspace;
  const own = (scheme: string, parameters: Record<string, string>, data: Record<string, string> = {}) =>
    ({ input: 'databricksConnection', connection: { id: DATABRICKS.id, url, scheme, parameters, data } }) as const;
  const azure = (scheme: string, parameters: Record<string, string>, id = AZURE.id) =>
    ({
      input: 'azureSubscription',
      connection: {
        id,
        url: 'https://management.azure.com/',
        scheme,
        parameters: { tenantid: TENANT, ...parameters },
        // A cloud of its own, whose authority is the stand-in.
        data: { environment: 'AzureStack', activeDirectoryAuthority: `${entra.url}/` },
      },
    }) as const;
  const withData = (way: ReturnType<typeof azure>, data: Record<string, string>) => ({
    ...way,
    connection: { ...way.connection, data: { ...way.connection.data, ...data } },
  });
  const application = { serviceprincipalid: PRINCIPALS.azure };
  const virtualMachine = { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata.url };
  const appService = { IDENTITY_ENDPOINT: `${metadata.url}/msi/token`, IDENTITY_HEADER };
  const role = { serviceprincipalid: PRINCIPALS.roleOnly, serviceprincipalkey: SECRET };
  return [
    { name: 'token', ...own('Token', { apitoken: workspace.token }) },
    {
      name: 'service principal secret',
      ...own('UsernamePassword', { username: PRINCIPALS.secret, password: SECRET }),
      userName: PRINCIPALS.secret,
    },
    {
      name: 'federation',
      ...own('None', {}, { clientId: PRINCIPALS.federation }),
      userName: PRINCIPALS.federation,
    },
    {
      name: 'Azure: federation',
      ...azure('WorkloadIdentityFederation', application),
      userName: PRINCIPALS.azure,
    },
    {
      name: 'Azure: federation, issued by Entra',
      ...azure('WorkloadIdentityFederation', application, ENTRA_ISSUED.id),
      userName: PRINCIPALS.azure,
    },
    {
      name: 'Azure: secret',
      ...azure('ServicePrincipal', { ...application, serviceprincipalkey: SECRET }),
      userName: PRINCIPALS.azure,
    },
    {
      name: 'Azure: certificate',
      ...azure('ServicePrincipal', {
        ...application,
        authenticationType: 'spnCertificate',
        servicePrincipalCertificate: pem,
      }),
      userName: PRINCIPALS.azure,
    },
    {
      name: 'Azure: managed identity of a virtual machine',
      ...azure('ManagedServiceIdentity', {}),
      variables: virtualMachine,
      userName: PRINCIPALS.machine,
    },
    {
      name: 'Azure: managed identity assigned by a user',
      ...withData(azure('ManagedServiceIdentity', {}), { msiclientId: PRINCIPALS.assigned }),
      variables: virtualMachine,
      userName: PRINCIPALS.assigned,
    },
    {
      name: 'Azure: managed identity of a container',
      ...azure('ManagedServiceIdentity', {}),
      variables: appService,
      userName: PRINCIPALS.machine,
    },
    {
      name: 'Azure: role on the workspace only',
      ...azure('ServicePrincipal', role),
      variables: { DATABRICKS_AZURE_RESOURCE_ID: RESOURCE_ID },
      userName: PRINCIPALS.roleOnly,
    },
  ];
}
