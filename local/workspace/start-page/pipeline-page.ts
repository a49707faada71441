import { html } from '../../html';
import { askOperation, type Site } from './in-process-call';
import { facts, link, moment, type Page, stateWord, table, valueText } from './parts';

interface Pipeline {
  readonly name?: string;
  readonly state: string;
  readonly creator_user_name?: string;
  readonly spec?: unknown;
}

interface Update {
  readonly update_id: string;
  readonly state: string;
  readonly cause: string;
  readonly creation_time: number;
  readonly full_refresh?: boolean;
}

interface Event {
  readonly timestamp: string;
  readonly level: string;
  readonly event_type: string;
  readonly message: string;
  readonly origin?: { readonly update_id?: string };
}

/** A Lakeflow pipeline with its updates. */
export async function pipelinePage(site: Site, id: string): Promise<Page> {
  const path = `/api/2.0/pipelines/${encodeURIComponent(id)}`;
  const pipeline = await askOperation<Pipeline>(site, path);
  const { updates = [] } = await askOperation<{ updates?: readonly Update[] }>(site, `${path}/updates?max_results=100`);
  const body = html`
<h2>Pipeline ${pipeline.name ?? id}</h2>
${facts([
  ['Id', id],
  ['State', pipeline.state],
  ['Created by', pipeline.creator_user_name],
])}
<h2>Updates</h2>${table(
    ['Update', 'State', 'Cause', 'Began'],
    updates.map(({ update_id: update, state, cause, creation_time: began }) => [
      link(['pipelines', id, 'updates', update], update),
      stateWord(state),
      cause,
      moment(began),
    ]),
  )}
<h2>Settings</h2><pre>${valueText(pipeline.spec)}</pre>`;
  return { title: `Pipeline ${pipeline.name ?? id}`, body };
}

/** An update of a pipeline with its events. */
export async function updatePage(site: Site, id: string, updateId: string): Promise<Page> {
  const path = `/api/2.0/pipelines/${encodeURIComponent(id)}`;
  const { update } = await askOperation<{ update: Update }>(site, `${path}/updates/${encodeURIComponent(updateId)}`);
  const { events = [] } = await askOperation<{ events?: readonly Event[] }>(site, `${path}/events?max_results=250`);
  const own = events.filter(({ origin }) => origin?.update_id === updateId);
  const body = html`
<h2>Update ${updateId}</h2>
${facts([
  ['Pipeline', link(['pipelines', id], id)],
  ['State', stateWord(update.state)],
  ['Cause', update.cause],
  ['Began', moment(update.creation_time)],
  ['Computes everything anew', update.full_refresh === true ? 'yes' : 'no'],
])}
<h2>Events</h2>${table(
    ['Time', 'Level', 'Event', 'Message'],
    own.map(({ timestamp, level, event_type: type, message }) => [timestamp, level, type, message]),
  )}`;
  return { title: `Update ${updateId}`, body };
}
