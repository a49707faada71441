import { readFileSync } from 'node:fs';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksCheckConnection/inputs';
import { run } from '../../../../tasks/DatabricksCheckConnection/run';
import task from '../../../../tasks/DatabricksCheckConnection/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';

/** Application id of the identity that is checked. */
export const CI = '11111111-2222-4333-8444-555555555555';

/** What one request gets instead of what a workspace in order answers; `undefined` leaves that. */
export type Instead = (path: string, request: Received) => Answer | undefined;

/** A service's error answer. */
export function refusal(status: number, error_code: string, message: string): Answer {
  return { status, json: { error_code, message } };
}

export function held(principal: string, ...privileges: readonly string[]): Answer {
  return {
    json: { privilege_assignments: [{ principal, privileges: privileges.map((privilege) => ({ privilege })) }] },
  };
}

export function levels(...entries: readonly (readonly [key: string, name: string, level: string])[]): Answer {
  return {
    json: {
      access_control_list: entries.map(([key, name, permission_level]) => ({
        [key]: name,
        all_permissions: [{ permission_level, inherited: false }],
      })),
    },
  };
}

/** A service principal with exactly the rights that every check wants. */
const IN_ORDER: Readonly<Record<string, Answer>> = {
  '/api/2.0/preview/scim/v2/Me': {
    headers: { 'x-databricks-org-id': '4711' },
    json: { id: '9', userName: CI, displayName: 'ci', active: true, groups: [{ display: 'builders' }] },
  },
  '/api/2.1/unity-catalog/metastore_summary': { json: { metastore_id: 'm', name: 'main', owner: 'builders' } },
  '/api/2.1/unity-catalog/catalogs/dev': { json: { name: 'dev', full_name: 'dev', owner: 'boss' } },
  '/api/2.1/unity-catalog/schemas/dev.ml': { json: { name: 'ml', full_name: 'dev.ml', owner: 'boss' } },
  '/api/2.1/unity-catalog/schemas': { json: { schemas: [{ name: 'ml', full_name: 'dev.ml', owner: 'boss' }] } },
  '/api/2.1/unity-catalog/models/dev.ml.churn': { json: { full_name: 'dev.ml.churn', owner: 'boss' } },
  '/api/2.1/unity-catalog/effective-permissions/catalog/dev': held(CI, 'USE_CATALOG'),
  '/api/2.1/unity-catalog/effective-permissions/schema/dev.ml': held(CI, 'USE_SCHEMA'),
  '/api/2.1/unity-catalog/effective-permissions/function/dev.ml.churn': held(CI, 'EXECUTE'),
  '/api/2.0/sql/warehouses': { json: { warehouses: [{ id: 'w1', name: 'wh', state: 'STOPPED' }] } },
  '/api/2.0/permissions/warehouses/w1': levels(['service_principal_name', CI, 'CAN_USE']),
  '/api/2.0/sql/statements': {
    json: { statement_id: 's', status: { state: 'SUCCEEDED' }, manifest: { total_row_count: 1 } },
  },
  '/api/2.2/jobs/list': { json: { jobs: [{ job_id: 7, settings: { name: 'train' } }] } },
  '/api/2.2/jobs/get': { json: { job_id: 7, settings: { name: 'train' } } },
  '/api/2.0/permissions/jobs/7': levels(['service_principal_name', CI, 'CAN_MANAGE_RUN']),
  '/api/2.0/preview/scim/v2/Groups': { json: { Resources: [{ displayName: 'readers' }] } },
};

/** Inputs with which each check has something to look at. */
export const SUBJECTS: Readonly<Record<string, Record<string, string>>> = {
  identity: {},
  workspace: {},
  unityCatalog: { model: 'dev.ml.churn' },
  warehouse: { warehouse: 'wh' },
  jobs: { job: 'train' },
  readOnlyGroups: { catalog: 'dev', readOnlyGroups: 'readers' },
};

/** A step that has ended, with the clock that its waits moved. */
interface Step {
  readonly host: FakeHost;
  readonly clock: AutoClock;
}

/** Runs the task against what answers, or does not, at an address. */
export async function checkedAt(
  url: string,
  inputs: Record<string, string>,
  connection = tokenConnection(url, 'dapi-token'),
): Promise<Step> {
  const clock = new AutoClock();
  const host = new FakeHost({
    inputs: { databricksConnection: 'dbx', failOn: 'error', ...inputs },
    connections: { dbx: connection },
  });
  await runTask(task, readInputs, run, host, clock);
  return { host, clock };
}

/** Runs the task against a workspace in order, but for some answers. */
export async function checked(
  inputs: Record<string, string>,
  instead: Instead = () => undefined,
): Promise<Step & { received: readonly Received[] }> {
  const server: HttpDouble = await startDouble((request) => {
    const path = decodeURIComponent(request.url.split('?')[0] ?? '');
    return instead(path, request) ?? IN_ORDER[path] ?? refusal(404, 'NOT_FOUND', `${path} does not exist.`);
  });
  try {
    return { ...(await checkedAt(server.url, inputs)), received: server.received };
  } finally {
    await server.close();
  }
}

/** Runs one check with its own subject. */
export function checkedBy(check: string, instead?: Instead, inputs: Record<string, string> = {}) {
  return checked({ checks: check, ...SUBJECTS[check], ...inputs }, instead);
}

/** What the step wrote of its checks. */
export interface Report {
  workspace: string;
  checks: {
    check: string;
    verdict: string;
    message: string;
    rights: { right: string; object: string; command: string }[];
  }[];
}

export function report(host: FakeHost): Report {
  return JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8'));
}
