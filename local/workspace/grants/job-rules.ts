import type { Call, Workspace } from '../api';
import { type Fields, optionalObject } from '../fields';
import { jobOwner } from '../jobs/run-identity';
import { JobStore, RunStore } from '../jobs/run-store';
import type { Run } from '../jobs/types';
import { textField } from '../request-fields';
import type { Access } from './access';
import type { Rule } from './catalog-rules';
import { type Need, ObjectAccess, shownOnly } from './object-access';
import { requireRunAs, requireSameOwner } from './run-as';

/** Who may do what with jobs and runs, by method and path of the operation. */
export function jobRules(workspace: Workspace): Readonly<Record<string, Rule>> {
  const objects = new ObjectAccess(workspace);
  const jobs = new JobStore(workspace.store);
  const runs = new RunStore(workspace.store);

  const onJob =
    (need: Need): Rule =>
    async (call, access) => {
      objects.require(access, 'jobs', (await textField(call, 'job_id')) || (call.params.id ?? ''), need);
      return undefined;
    };
  /** A change also of whom the job runs as. */
  const onSettings: Rule = async (call, access) => {
    await onJob('manage')(call, access);
    requireRunAs(access, settingsOf(await call.json<Fields>()));
    return undefined;
  };
  const onRun =
    (need: Need): Rule =>
    async (call, access) => {
      const id = await textField(call, 'run_id');
      const run = runs.get(id) ?? runs.attempt(id)?.run;
      if (run !== undefined) {
        objects.require(access, 'jobs', run.jobId, need, ownList(run));
      }
      return undefined;
    };
  const onPermissions: Rule = async (call, access) => {
    await onJob('manage')(call, access);
    const job = jobs.get(call.params.id ?? '');
    requireSameOwner(await call.json<Fields>(), job === undefined ? '' : jobOwner(job));
    return undefined;
  };

  const ofVersion = (version: string): [string, Rule][] => {
    const root = `/api/${version}/jobs`;
    return [
      [`POST ${root}/create`, newJob],
      [`POST ${root}/runs/submit`, newJob],
      [`GET ${root}/get`, onJob('view')],
      [
        `GET ${root}/list`,
        async (_, access) => shownOnly('jobs', ({ job_id }) => objects.may(access, 'jobs', String(job_id), 'view')),
      ],
      [`POST ${root}/reset`, onSettings],
      [`POST ${root}/update`, onSettings],
      [`POST ${root}/delete`, onJob('manage')],
      [`POST ${root}/run-now`, onJob('use')],
      [`POST ${root}/runs/cancel-all`, onJob('use')],
      [`GET ${root}/runs/get`, onRun('view')],
      [`GET ${root}/runs/get-output`, onRun('view')],
      [`GET ${root}/runs/export`, onRun('view')],
      [`POST ${root}/runs/cancel`, onRun('use')],
      [`POST ${root}/runs/repair`, onRun('use')],
      [`POST ${root}/runs/delete`, onRun('manage')],
      [
        `GET ${root}/runs/list`,
        async (_, access) =>
          shownOnly('runs', ({ job_id, run_id }) => {
            const run = runs.get(String(run_id));
            return objects.may(access, 'jobs', String(job_id), 'view', run === undefined ? {} : ownList(run));
          }),
      ],
    ];
  };
  const permissions = '/api/2.0/permissions/jobs/:id';
  return {
    ...Object.fromEntries(['2.1', '2.2'].flatMap(ofVersion)),
    [`GET ${permissions}`]: onJob('view'),
    [`GET ${permissions}/permissionLevels`]: onJob('view'),
    [`PUT ${permissions}`]: onPermissions,
    [`PATCH ${permissions}`]: onPermissions,
  };
}

/** Who starts a run may see and stop it, and so may whom a one-time run names. */
function ownList({ creator, permissions = [] }: Run) {
  return { creator: creator.userName, list: permissions };
}

async function newJob(call: Call, access: Access): Promise<undefined> {
  const fields = await call.json<Fields>();
  requireRunAs(access, fields);
  requireSameOwner(fields, access.identity.principal.userName);
}

function settingsOf(fields: Fields): Fields {
  return optionalObject(fields, 'new_settings') ?? {};
}
