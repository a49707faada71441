import { randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply, type Service, type Workspace } from '../api';
import { optionalObject, optionalText, queryFields } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { objectPermissionOperations } from '../permissions/object-permissions';
import { changedFields } from './query-change';
import { queryPermissions, type SavedQuery, savedQueries } from './query-store';

const PREFIX = '/api/2.0/sql/queries';

/** Saved queries, for `sql_task`; nothing runs them by themselves. */
export function createQueries(workspace: Workspace): Service {
  const queries = savedQueries(workspace);
  const now = () => new Date(workspace.clock.now()).toISOString();

  function known(call: Call): SavedQuery {
    const id = call.params.id ?? '';
    const query = queries.get(id);
    if (query === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Query ${id} does not exist.`);
    }
    return query;
  }

  async function create(call: Call): Promise<Reply> {
    const given = optionalObject(await call.json(), 'query') ?? {};
    const time = now();
    const query: SavedQuery = {
      ...given,
      id: randomUUID(),
      display_name: optionalText(given, 'display_name') ?? 'New query',
      query_text: optionalText(given, 'query_text') ?? '',
      owner_user_name: call.principal.userName,
      last_modifier_user_name: call.principal.userName,
      create_time: time,
      update_time: time,
      lifecycle_state: 'ACTIVE',
    };
    queries.put(query.id, query);
    return { json: query };
  }

  async function update(call: Call): Promise<Reply> {
    const former = known(call);
    const query: SavedQuery = {
      ...former,
      ...changedFields(await call.json(), former),
      last_modifier_user_name: call.principal.userName,
      update_time: now(),
    };
    queries.put(query.id, query);
    return { json: query };
  }

  function list(call: Call): Reply {
    const all = [...queries.entries()]
      .map(([, query]) => query)
      .filter((query) => query.lifecycle_state === 'ACTIVE')
      .sort((a, b) => (a.create_time < b.create_time ? 1 : -1));
    const fields = queryFields(call.query);
    const page = pageOf(all, { ...fields, max_results: fields.page_size }, { standard: 20, most: 100 });
    return { json: { results: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
  }

  const operations: Operation[] = [
    {
      method: 'POST',
      path: PREFIX,
      note: 'kept for sql_task',
      lacks: 'default parameters, which are kept and not read',
      handle: create,
    },
    { method: 'GET', path: PREFIX, handle: list },
    { method: 'GET', path: `${PREFIX}/:id`, handle: (call) => ({ json: known(call) }) },
    { method: 'PATCH', path: `${PREFIX}/:id`, handle: update },
    {
      method: 'DELETE',
      path: `${PREFIX}/:id`,
      note: 'moves it to the trash',
      handle: (call) => {
        const query = known(call);
        queries.put(query.id, { ...query, lifecycle_state: 'TRASHED', update_time: now() });
        return {};
      },
    },
    ...objectPermissionOperations(workspace, {
      path: 'queries',
      type: 'query',
      levels: {
        CAN_VIEW: 'Can view the query',
        CAN_RUN: 'Can view and run the query',
        CAN_EDIT: 'Can view, run and change the query',
        CAN_MANAGE: 'Can do everything with the query',
      },
      permissions: (id) => {
        const query = queries.get(id);
        return query && queryPermissions(workspace, query);
      },
    }),
  ];
  return { operations };
}
