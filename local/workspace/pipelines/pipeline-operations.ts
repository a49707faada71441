import { randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { type Fields, flag, invalid, objectList, optionalText, queryFields, requiredText, textList } from '../fields';
import { runAsName } from '../jobs/setting-limits';
import { pageOf, unlessEmpty } from '../paging';
import { objectPermissionOperations } from '../permissions/object-permissions';
import { chosenEvents } from './event-filter';
import { pipelinePermissions, pipelineRunAs } from './pipeline-identity';
import type { Pipeline, Update } from './pipeline-store';
import type { PipelineUpdates } from './pipeline-updates';

const PREFIX = '/api/2.0/pipelines';
const LIMITS = { standard: 25, most: 100 };

/** `/api/2.0/pipelines` (databricks-api 9.3). */
export function pipelineOperations(workspace: Workspace, updates: PipelineUpdates): readonly Operation[] {
  const { store } = updates;

  function known(call: Call): Pipeline {
    const pipeline = store.get(call.params.id ?? '');
    if (pipeline === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The specified pipeline ${call.params.id} was not found.`);
    }
    return pipeline;
  }

  function knownUpdate(call: Call): Update {
    const update = store.update(known(call).id, call.params.update_id ?? '');
    if (update === undefined) {
      throw new ApiError(
        404,
        'RESOURCE_DOES_NOT_EXIST',
        `The specified update ${call.params.update_id} was not found.`,
      );
    }
    return update;
  }

  async function create(call: Call): Promise<Reply> {
    const request: Fields = await call.json();
    const { allow_duplicate_names: _duplicates, dry_run: _dry, ...fields } = request;
    const name = requiredText(fields, 'name');
    objectList(fields, 'libraries');
    runAsName(fields);
    if (!flag(request, 'allow_duplicate_names') && store.all().some((one) => one.spec.name === name)) {
      throw new ApiError(409, 'RESOURCE_CONFLICT', `The pipeline name '${name}' is already used by another pipeline.`);
    }
    if (flag(request, 'dry_run')) {
      return { json: { effective_settings: fields } };
    }
    const id = randomUUID();
    const spec = { ...fields, id };
    store.put({ id, creator: call.principal.userName, spec, lastModified: workspace.clock.now() });
    return { json: { pipeline_id: id } };
  }

  async function edit(call: Call): Promise<Reply> {
    const pipeline = known(call);
    const fields = await call.json();
    objectList(fields, 'libraries');
    runAsName(fields);
    store.put({ ...pipeline, spec: { ...fields, id: pipeline.id }, lastModified: workspace.clock.now() });
    return {};
  }

  function list(call: Call): Reply {
    const fields = queryFields(call.query);
    const page = pageOf(store.all().filter(nameFilter(optionalText(fields, 'filter'))), fields, LIMITS);
    return {
      json: { statuses: unlessEmpty(page.items.map(status)), next_page_token: page.nextPageToken },
    };
  }

  function status(pipeline: Pipeline): Record<string, unknown> {
    const latest = store.updates(pipeline.id).slice(0, 5);
    return {
      pipeline_id: pipeline.id,
      name: pipeline.spec.name,
      creator_user_name: pipeline.creator,
      run_as_user_name: pipelineRunAs(workspace, pipeline),
      state: store.active(pipeline.id) === undefined ? 'IDLE' : 'RUNNING',
      health: latest[0]?.state === 'FAILED' ? 'UNHEALTHY' : 'HEALTHY',
      latest_updates: latest.map(({ id, state, creationTime }) => ({
        update_id: id,
        state,
        creation_time: new Date(creationTime).toISOString(),
      })),
    };
  }

  async function startUpdate(call: Call): Promise<Reply> {
    const pipeline = known(call);
    const fields = await call.json();
    refuseUnknownRefresh(fields);
    const update = updates.begin(pipeline, {
      cause: 'API_CALL',
      fullRefresh: flag(fields, 'full_refresh'),
      validateOnly: flag(fields, 'validate_only'),
      refreshSelection: textList(fields, 'refresh_selection'),
      fullRefreshSelection: textList(fields, 'full_refresh_selection'),
    });
    return { json: { update_id: update.id } };
  }

  function listUpdates(call: Call): Reply {
    const page = pageOf(store.updates(known(call).id), queryFields(call.query), LIMITS);
    return { json: { updates: unlessEmpty(page.items.map(updateOnWire)), next_page_token: page.nextPageToken } };
  }

  function listEvents(call: Call): Reply {
    const fields = queryFields(call.query);
    const events = chosenEvents(
      store.events(known(call).id),
      optionalText(fields, 'filter'),
      call.query.getAll('order_by'),
    );
    const page = pageOf(events, fields, { standard: 25, most: 250 });
    return { json: { events: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
  }

  return [
    {
      method: 'POST',
      path: PREFIX,
      note: 'SQL files as sources',
      lacks: 'updates of Python sources, ingestion pipelines',
      handle: create,
    },
    { method: 'GET', path: PREFIX, note: 'filter by name', lacks: 'other filters, order_by', handle: list },
    {
      method: 'GET',
      path: `${PREFIX}/:id`,
      handle: (call) => {
        const pipeline = known(call);
        return { json: { ...status(pipeline), spec: pipeline.spec, last_modified: pipeline.lastModified } };
      },
    },
    { method: 'PUT', path: `${PREFIX}/:id`, handle: edit },
    {
      method: 'DELETE',
      path: `${PREFIX}/:id`,
      note: 'its tables stay',
      handle: (call) => {
        const pipeline = known(call);
        updates.cancel(pipeline);
        store.remove(pipeline.id);
        return {};
      },
    },
    {
      method: 'POST',
      path: `${PREFIX}/:id/updates`,
      note: 'full_refresh, selections, validate_only',
      lacks:
        'incremental refresh (materialized views and streaming tables are computed anew as tables), refresh_flow_selection, reset_checkpoint_selection, parameters',
      handle: startUpdate,
    },
    { method: 'GET', path: `${PREFIX}/:id/updates`, lacks: 'prev_page_token', handle: listUpdates },
    {
      method: 'GET',
      path: `${PREFIX}/:id/updates/:update_id`,
      handle: (call) => ({ json: { update: updateOnWire(knownUpdate(call)) } }),
    },
    {
      method: 'GET',
      path: `${PREFIX}/:id/events`,
      note: 'update_progress and flow_progress; filter by level, order_by',
      handle: listEvents,
    },
    {
      method: 'POST',
      path: `${PREFIX}/:id/stop`,
      handle: (call) => {
        updates.cancel(known(call));
        return {};
      },
    },
    ...objectPermissionOperations(workspace, {
      path: 'pipelines',
      type: 'pipelines',
      levels: {
        CAN_VIEW: 'Can view the pipeline and its updates',
        CAN_RUN: 'Can view the pipeline, and start and stop its updates',
        CAN_MANAGE: 'Can do everything with the pipeline',
        IS_OWNER: 'Owns the pipeline: can do everything with it',
      },
      permissions: (id) => {
        const pipeline = store.get(id);
        return pipeline && pipelinePermissions(workspace, pipeline);
      },
    }),
  ];
}

/** What an update would have to do differently is refused rather than left undone. @throws ApiError 501 */
function refuseUnknownRefresh(fields: Fields): void {
  const names = ['refresh_flow_selection', 'reset_checkpoint_selection', 'parameters', 'replace_where_overrides'];
  const given = names.find((name) => fields[name] != null);
  if (given !== undefined) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not know ${given} of an update.`);
  }
}

function updateOnWire(update: Update): Record<string, unknown> {
  return {
    pipeline_id: update.pipelineId,
    update_id: update.id,
    state: update.state,
    cause: update.cause,
    creation_time: update.creationTime,
    full_refresh: update.fullRefresh,
    validate_only: update.validateOnly,
    refresh_selection: unlessEmpty(update.refreshSelection ?? []),
    full_refresh_selection: unlessEmpty(update.fullRefreshSelection ?? []),
  };
}

/** `name LIKE '…'` with `%` as placeholder. */
function nameFilter(filter: string | undefined): (pipeline: Pipeline) => boolean {
  if (filter === undefined || filter.trim() === '') {
    return () => true;
  }
  const pattern = /^\s*name\s+LIKE\s+(['"])(.*)\1\s*$/i.exec(filter)?.[2];
  if (pattern === undefined) {
    throw invalid(`The local workspace filters pipelines by name LIKE '…' only, not by: ${filter}`);
  }
  const parts = pattern.split('%').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const matcher = new RegExp(`^${parts.join('.*')}$`, 'is');
  return ({ spec }: { readonly spec: Fields }) => matcher.test(String(spec.name ?? ''));
}
