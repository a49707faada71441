import { html } from '../../html';
import { askOperation, type Site } from './in-process-call';
import { facts, link, logText, moment, type Page, stateWord, table, valueText } from './parts';

interface Alias {
  readonly alias_name: string;
  readonly version_num: number;
}

interface Tag {
  readonly key: string;
  readonly value?: string;
}

interface Version {
  readonly version: number;
  readonly status: string;
  readonly created_at?: number;
  readonly created_by?: string;
  readonly run_id?: string;
  readonly source?: string;
  readonly comment?: string;
  readonly aliases?: readonly Alias[];
}

const VERSIONS_SHOWN = 100;

/** A registered model with its aliases and versions. */
export async function modelPage(site: Site, name: string): Promise<Page> {
  const path = `/api/2.1/unity-catalog/models/${encodeURIComponent(name)}`;
  const model = await askOperation<{
    readonly owner?: string;
    readonly comment?: string;
    readonly aliases?: readonly Alias[];
    readonly tags?: readonly Tag[];
  }>(site, `${path}?include_aliases=true`);
  const { model_versions: versions = [] } = await askOperation<{ model_versions?: readonly Version[] }>(
    site,
    `${path}/versions?max_results=${VERSIONS_SHOWN}`,
  );
  const { aliases = [], tags = [] } = model;
  const namesOf = (version: number) =>
    aliases.filter((alias) => alias.version_num === version).map((alias) => alias.alias_name);
  const body = html`
<h2>Model ${name}</h2>
${facts([
  ['Owner', model.owner],
  ['Description', model.comment],
])}
<h2>Versions</h2>${table(
    ['Version', 'Aliases', 'State', 'Registered'],
    versions.map(({ version, status, created_at: created }) => [
      link([...pathOf(name), 'version', String(version)], String(version)),
      namesOf(version).join(', '),
      stateWord(status),
      moment(created),
    ]),
  )}
<h2>Tags</h2>${table(
    ['Tag', 'Value'],
    tags.map(({ key, value = '' }) => [key, value]),
  )}`;
  return { title: `Model ${name}`, body };
}

/** A version of a model; its tags as MLflow shows them. */
export async function modelVersionPage(site: Site, name: string, number: string): Promise<Page> {
  const version = await askOperation<Version>(
    site,
    `/api/2.1/unity-catalog/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(number)}?include_aliases=true`,
  );
  const asked = new URLSearchParams({ name, version: number });
  const { model_version: shown } = await askOperation<{ model_version: { readonly tags?: readonly Tag[] } }>(
    site,
    `/api/2.0/mlflow/unity-catalog/model-versions/get?${asked}`,
  );
  const body = html`
<h2>Version ${number} of ${name}</h2>
${facts([
  ['Model', link(pathOf(name), name)],
  ['Aliases', (version.aliases ?? []).map((alias) => alias.alias_name).join(', ')],
  ['State', stateWord(version.status)],
  ['Registered', moment(version.created_at)],
  ['Registered by', version.created_by],
  ['MLflow run', version.run_id],
  ['Source', version.source],
  ['Description', version.comment],
])}
<h2>Tags</h2>${table(
    ['Tag', 'Value'],
    (shown.tags ?? []).map(({ key, value = '' }) => [key, value]),
  )}`;
  return { title: `Version ${number} of ${name}`, body };
}

function pathOf(name: string): readonly string[] {
  return ['explore', 'data', 'models', ...name.split('.')];
}

interface Endpoint {
  readonly creator?: string;
  readonly last_updated_timestamp?: number;
  readonly state: { readonly ready: string; readonly config_update: string };
  readonly config?: EndpointConfig;
  readonly pending_config?: EndpointConfig;
  readonly tags?: readonly Tag[];
}

interface EndpointConfig {
  readonly served_entities?: readonly {
    readonly name: string;
    readonly entity_name: string;
    readonly entity_version: string;
    readonly state?: unknown;
  }[];
  readonly traffic_config?: {
    readonly routes?: readonly { readonly served_entity_name?: string; readonly traffic_percentage: number }[];
  };
}

/** A serving endpoint: what it serves, how it is asked, and the logs of what it serves. */
export async function endpointPage(site: Site, name: string): Promise<Page> {
  const path = `/api/2.0/serving-endpoints/${encodeURIComponent(name)}`;
  const endpoint = await askOperation<Endpoint>(site, path);
  const entities = [endpoint.config, endpoint.pending_config].flatMap((config) => config?.served_entities ?? []);
  const share = (entity: string) =>
    endpoint.config?.traffic_config?.routes?.find((route) => route.served_entity_name === entity)?.traffic_percentage ??
    0;
  const logs = await Promise.all(
    [...new Set(entities.map((entity) => entity.name))].map(async (entity) => {
      const of = (kind: string) =>
        askOperation<{ logs?: string }>(site, `${path}/served-models/${encodeURIComponent(entity)}/${kind}`);
      const [build, own] = await Promise.all([of('build-logs'), of('logs')]);
      return html`<h2>Logs of ${entity}</h2>${logText(build.logs ?? '')}${logText(own.logs ?? '')}`;
    }),
  );
  const body = html`
<h2>Endpoint ${name}</h2>
${facts([
  ['State', `${endpoint.state.ready}, ${endpoint.state.config_update}`],
  ['Asked at', html`<code>POST ${site.workspace.url}/serving-endpoints/${encodeURIComponent(name)}/invocations</code>`],
  ['Created by', endpoint.creator],
  ['Last change', moment(endpoint.last_updated_timestamp)],
])}
<h2>Serves</h2>${table(
    ['Entity', 'Model', 'Version', 'Traffic', 'State'],
    entities.map((entity) => [
      entity.name,
      link(pathOf(entity.entity_name), entity.entity_name),
      link([...pathOf(entity.entity_name), 'version', entity.entity_version], entity.entity_version),
      `${share(entity.name)} %`,
      valueText(entity.state),
    ]),
  )}
${logs}`;
  return { title: `Endpoint ${name}`, body };
}
