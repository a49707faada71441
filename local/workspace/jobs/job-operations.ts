import { integerId } from '../../../src/json';
import type { Call, Operation, Reply } from '../api';
import { type Fields, flag, invalid, optionalObject, optionalText, queryFields, textList } from '../fields';
import { KeptLists, type ListSource } from '../kept-lists';
import { unlessEmpty } from '../paging';
import { type JobParts, knownJob } from './job-parts';
import { firstPermissions } from './job-permissions';
import { jobSettings } from './job-settings';
import { updatedSettings } from './job-update';
import { arrayPage, listPage } from './list-pages';
import { runAsUserName } from './run-identity';
import { settingsOnWire } from './task-wire';
import type { Job } from './types';

/** Create, change, read and delete jobs under one version of the API (databricks-api 3.1). */
export function jobOperations(parts: JobParts, version: '2.1' | '2.2'): readonly Operation[] {
  const prefix = `/api/${version}/jobs`;
  const kept = new KeptLists();
  return [
    { method: 'POST', path: `${prefix}/create`, ...KEPT, handle: (call) => create(parts, call) },
    { method: 'POST', path: `${prefix}/reset`, handle: (call) => reset(parts, call) },
    { method: 'POST', path: `${prefix}/update`, handle: (call) => update(parts, call) },
    {
      method: 'GET',
      path: `${prefix}/get`,
      lacks: 'trigger_state',
      handle: ({ query }) => get(parts, queryFields(query), version),
    },
    {
      method: 'GET',
      path: `${prefix}/list`,
      note: 'name filter exact, case-insensitive; pages',
      handle: ({ query }) => list(parts, queryFields(query), kept),
    },
    { method: 'POST', path: `${prefix}/delete`, handle: (call) => remove(parts, call) },
  ];
}

const KEPT = {
  note: 'all settings are kept',
  lacks:
    'firing of schedules and triggers, sending of notifications, health rules, values of environment_variables, clusters (tasks run as processes of this machine)',
};

async function create({ workspace, jobs, runs }: JobParts, call: Call): Promise<Reply> {
  const { access_control_list: acl, ...fields } = await call.json();
  const settings = jobSettings(fields);
  const creator = call.principal.userName;
  const permissions = firstPermissions({ access_control_list: acl }, creator);
  const jobId = runs.newId();
  jobs.put({ jobId, creator, createdTime: workspace.clock.now(), settings, permissions });
  return { json: { job_id: integerId(jobId) } };
}

async function reset({ jobs }: JobParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const job = knownJob(jobs, fields);
  const given = optionalObject(fields, 'new_settings');
  if (given === undefined) {
    throw invalid("Missing value for required parameter 'new_settings'.");
  }
  const former = job.settings as { run_as?: unknown };
  // A reset without run_as keeps the one before (databricks-api 3.2).
  const kept = given.run_as === undefined && former.run_as !== undefined ? { run_as: former.run_as } : {};
  jobs.put({ ...job, settings: jobSettings({ ...kept, ...given }) });
  return {};
}

async function update({ jobs }: JobParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const job = knownJob(jobs, fields);
  const merged = updatedSettings(
    job.settings,
    optionalObject(fields, 'new_settings') ?? {},
    textList(fields, 'fields_to_remove'),
  );
  jobs.put({ ...job, settings: jobSettings(merged) });
  return {};
}

function get({ jobs }: JobParts, request: Fields, version: '2.1' | '2.2'): Reply {
  const job = knownJob(jobs, request);
  if (version === '2.1') {
    return { json: jobOnWire(job) };
  }
  const settings = arrayPage(settingsOnWire(job.settings), ARRAYS, request);
  const { has_more, next_page_token, prev_page_token, ...shown } = settings;
  return { json: { ...jobOnWire(job), settings: shown, has_more, next_page_token, prev_page_token } };
}

const ARRAYS = ['tasks', 'job_clusters', 'environments', 'parameters'] as const;

function list({ jobs }: JobParts, request: Fields, kept: KeptLists): Reply {
  const name = optionalText(request, 'name')?.toLowerCase();
  const isAskedFor = ({ settings }: Job) => name === undefined || settings.name?.toLowerCase() === name;
  const source: ListSource<Job> = {
    kept,
    all: () => jobs.all().filter(isAskedFor),
    idOf: ({ jobId }) => jobId,
    read: (id) => [jobs.get(id)].find((job) => job !== undefined && isAskedFor(job)),
  };
  const { items, rest } = listPage(source, request, { standard: 20, most: 100 });
  const expand = flag(request, 'expand_tasks');
  return { json: { jobs: unlessEmpty(items.map((job) => listItem(job, expand))), ...rest } };
}

/** Lists show settings without the long arrays, or with the first hundred of each. */
function listItem(job: Job, expand: boolean): Record<string, unknown> {
  const settings = settingsOnWire(job.settings);
  if (!expand) {
    for (const name of ['tasks', 'job_clusters', 'environments']) {
      delete settings[name];
    }
    return { ...jobOnWire(job), settings };
  }
  const { has_more, next_page_token: _token, ...shown } = arrayPage(settings, ARRAYS, {});
  return { ...jobOnWire(job), settings: shown, has_more };
}

function jobOnWire(job: Job): Record<string, unknown> {
  return {
    job_id: integerId(job.jobId),
    creator_user_name: job.creator,
    run_as_user_name: runAsUserName(job),
    created_time: job.createdTime,
    settings: settingsOnWire(job.settings),
  };
}

async function remove({ jobs }: JobParts, call: Call): Promise<Reply> {
  const job = knownJob(jobs, await call.json());
  jobs.remove(job.jobId);
  return {};
}
