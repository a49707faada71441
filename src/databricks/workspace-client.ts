import type { HttpClient } from '../http/client';
import { ExperimentsApi } from './experiments';
import { FilesApi } from './files';
import { GrantsApi } from './grants';
import { GroupsApi } from './groups';
import { IdentityApi } from './identity';
import { JobsApi } from './jobs';
import { LoggedModelsApi } from './logged-models';
import { MlflowRunsApi } from './mlflow-runs';
import { ModelVersionsApi } from './model-versions';
import { ObjectPermissionsApi } from './object-permissions';
import { PipelinesApi } from './pipelines';
import { RegisteredModelsApi } from './registered-models';
import { RunsApi } from './runs';
import { SecurablesApi } from './securables';
import { ServingEndpointsApi } from './serving-endpoints';
import { StatementsApi } from './statements';
import { WarehousesApi } from './warehouses';
import { WorkspaceFilesApi } from './workspace-files';

/** One workspace, resource by resource. */
export interface WorkspaceClient {
  /** `https://host`, no slash at the end. */
  readonly url: string;
  readonly identity: IdentityApi;
  readonly jobs: JobsApi;
  readonly runs: RunsApi;
  readonly pipelines: PipelinesApi;
  readonly experiments: ExperimentsApi;
  readonly mlflowRuns: MlflowRunsApi;
  readonly loggedModels: LoggedModelsApi;
  readonly registeredModels: RegisteredModelsApi;
  readonly modelVersions: ModelVersionsApi;
  readonly servingEndpoints: ServingEndpointsApi;
  readonly statements: StatementsApi;
  readonly warehouses: WarehousesApi;
  readonly files: FilesApi;
  readonly workspaceFiles: WorkspaceFilesApi;
  readonly grants: GrantsApi;
  readonly groups: GroupsApi;
  readonly securables: SecurablesApi;
  readonly objectPermissions: ObjectPermissionsApi;
  /** The same workspace for requests that a cancel must not stop. */
  withoutSignal(): WorkspaceClient;
  /** The same workspace for requests that start something: a cancel waits for the answer of the one under way, and sends none again. */
  awaitingAnswers(): WorkspaceClient;
  /** The same workspace for requests that may take this time, from now on and all together; each has at least one attempt. */
  within(milliseconds: number): WorkspaceClient;
}

/** Groups the resources of the workspace that `http` talks to. Nothing is sent. */
export function createWorkspaceClient(http: HttpClient): WorkspaceClient {
  return {
    url: http.baseUrl,
    identity: new IdentityApi(http),
    jobs: new JobsApi(http),
    runs: new RunsApi(http),
    pipelines: new PipelinesApi(http),
    experiments: new ExperimentsApi(http),
    mlflowRuns: new MlflowRunsApi(http),
    loggedModels: new LoggedModelsApi(http),
    registeredModels: new RegisteredModelsApi(http),
    modelVersions: new ModelVersionsApi(http),
    servingEndpoints: new ServingEndpointsApi(http),
    statements: new StatementsApi(http),
    warehouses: new WarehousesApi(http),
    files: new FilesApi(http),
    workspaceFiles: new WorkspaceFilesApi(http),
    grants: new GrantsApi(http),
    groups: new GroupsApi(http),
    securables: new SecurablesApi(http),
    objectPermissions: new ObjectPermissionsApi(http),
    withoutSignal: () => createWorkspaceClient(http.withSignal(undefined)),
    awaitingAnswers: () => createWorkspaceClient(http.awaitingAnswers()),
    within: (milliseconds) => createWorkspaceClient(http.within(milliseconds)),
  };
}
