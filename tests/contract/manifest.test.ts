import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectionType, readManifest, readText, root } from '../support/declared';

const manifest = readManifest();

describe('vss-extension.json', () => {
  it('has the version of package.json', () => {
    assert.equal(manifest.version, (JSON.parse(readText('package.json')) as { version: string }).version);
  });

  it('keeps within what the Marketplace takes', () => {
    assert.ok(manifest.description.length <= 200);
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
    assert.match(manifest.id, /^[a-z0-9-]+$/);
    assert.equal(
      new Set(manifest.contributions.map((contribution) => contribution.id)).size,
      manifest.contributions.length,
    );
  });

  it('asks for the one scope that reading reports on the run page needs, from the first release on', () => {
    assert.deepEqual(manifest.scopes, ['vso.build']);
  });

  it('shows icons that are there', () => {
    for (const icon of [manifest.icons.default, connectionType().icon]) {
      assert.ok(existsSync(join(root, icon)), icon);
    }
  });
});

describe('service connection type', () => {
  const properties = connectionType();
  const schemes = properties.authenticationSchemes;

  it('is the one that the tasks ask for, with a visible URL', () => {
    assert.equal(properties.name, 'databricks-mlops');
    assert.equal(properties.url.isVisible, 'true');
    assert.match(properties.url.helpText, /slash at the end/);
  });

  it('has three ways to sign in, the one without a secret first', () => {
    assert.deepEqual(
      schemes.map((scheme) => scheme.type),
      ['none', 'basic', 'token'].map((name) => `ms.vss-endpoint.endpoint-auth-scheme-${name}`),
    );
    assert.deepEqual(schemes[2]?.headers, [{ name: 'Authorization', value: 'Bearer {{{endpoint.apitoken}}}' }]);
  });

  it('keeps secrets in the inputs of a scheme, where the agent masks them, and nowhere else', () => {
    assert.deepEqual(
      properties.inputDescriptors.filter((input) => input.isConfidential || input.inputMode === 'passwordbox'),
      [],
    );
    const secrets = schemes.flatMap((scheme) => scheme.inputDescriptors ?? []).filter((input) => input.isConfidential);
    assert.deepEqual(
      secrets.map((input) => [input.id, input.inputMode]),
      [
        ['password', 'passwordbox'],
        ['apitoken', 'passwordbox'],
      ],
    );
  });

  it('verifies the public OAuth metadata and says that this proves the URL only', () => {
    const source = properties.dataSources.find(({ name }) => name === 'TestConnection');
    assert.equal(source?.endpointUrl, '{{{endpoint.url}}}oidc/.well-known/oauth-authorization-server');
    assert.match(properties.helpMarkDown, /<b>not<\/b> that the credentials work/);
  });

  it('lists jobs, warehouses, catalogs, schemas, models and endpoints for the pickers', () => {
    const sources = properties.dataSources;
    assert.deepEqual(
      sources.map((source) => source.name),
      ['TestConnection', 'Jobs', 'Warehouses', 'Catalogs', 'Schemas', 'RegisteredModels', 'ServingEndpoints'],
    );
    for (const source of sources) {
      assert.ok(source.endpointUrl.startsWith('{{{endpoint.url}}}'), source.name);
      assert.match(source.resultSelector, /^jsonpath:\$\.\w+(\[\*\])?$/);
    }
  });
});
