import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunOptions } from '../../../../../local/commands/run-options';
import { packageRoot } from '../../../../../local/package-root';
import { Connections } from '../../../../../local/pipelines/settings/connections';
import { readEnvironments } from '../../../../../local/pipelines/settings/environments';
import { readVariableGroups } from '../../../../../local/pipelines/settings/variable-groups';

const PAGE = readFileSync(join(packageRoot(), 'docs', 'pipelines.md'), 'utf8');

/** The first YAML example behind a text of the page. */
function exampleBehind(text: string): string {
  const [, example] = /```yaml\n([^`]*)```/.exec(PAGE.slice(PAGE.indexOf(text))) ?? [];
  assert.ok(PAGE.includes(text) && example !== undefined, `docs/pipelines.md has no example behind '${text}'`);
  return example.replace(/^ {2}(?=result|outputs)/gm, '');
}

describe('the examples of docs/pipelines.md', () => {
  let folder: string;

  const written = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'page-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are connections', () => {
    const connections = new Connections(written('connections.yml', exampleBehind('### `.mlops/connections.yml`')));
    const url = 'https://adb-7405605519549535.15.azuredatabricks.net';
    const resolve = (name: string) =>
      connections.resolve(name, [{ name: 'staging', url: 'http://localhost:1', token: 'local' }], {
        DATABRICKS_TOKEN: 'shared',
        DATABRICKS_CLIENT_SECRET: 'secret',
      });
    assert.deepEqual(
      ['dbx-staging', 'dbx-shared', 'dbx-prod'].map((name) => [resolve(name).url, resolve(name).parameters]),
      [
        ['http://localhost:1', { apitoken: 'local' }],
        [url, { apitoken: 'shared' }],
        [url, { username: '4c3b1e0a-93f5-4c1d-8a8e-1f2d3c4b5a69', password: 'secret' }],
      ],
    );
  });

  it('are environments', () => {
    const { checks } = readEnvironments(written('environments.yml', exampleBehind('### `.mlops/environments.yml`')));
    const { approvals, allowedBranches, exclusiveLock } = checks('MLOps-churn-prod-model');
    assert.deepEqual(
      approvals[0]?.approvers.map(({ name }) => name),
      ['model owners', 'risk'],
    );
    assert.deepEqual(allowedBranches, ['refs/heads/release/*', 'refs/tags/v*']);
    assert.equal(exclusiveLock, true);
  });

  it('are variable groups', () => {
    const groups = readVariableGroups(
      written('variable-groups.yml', exampleBehind('### `.mlops/variable-groups.yml`')),
      { CHURN_API_KEY: 'key' },
    );
    assert.deepEqual(
      [...(groups('churn-settings') ?? [])].map(([name, { value, secret }]) => [name, value, secret]),
      [
        ['threshold', '0.8', false],
        ['apiKey', 'key', true],
      ],
    );
  });

  it('are the outcome of a stub', () => {
    const stub = written('cli.yml', exampleBehind('`--stub AzureCLI@2=cli.yml`'));
    const { stubs } = readRunOptions([written('p.yml', ''), '--stub', `AzureCLI@2=${stub}`]);
    assert.deepEqual([...stubs], [['AzureCLI@2', { result: 'succeeded', outputs: { colour: 'green' } }]]);
  });

  it('name schemas that the package has', () => {
    const names = [...PAGE.matchAll(/\$schema=\.\.\/node_modules\/azure-databricks-mlops\/(\S+)/g)].map(
      ([, path]) => path ?? '',
    );
    assert.equal(names.length, 3);
    assert.deepEqual(
      names.filter((path) => !existsSync(join(packageRoot(), path))),
      [],
    );
  });
});
