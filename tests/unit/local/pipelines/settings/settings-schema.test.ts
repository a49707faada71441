import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { settingsSchemaTexts } from '../../../../../local/pipelines/settings/settings-schema';

const schemas = join(__dirname, '..', '..', '..', '..', '..', 'templates', 'schemas');

describe('the published schemas of the settings of local runs', () => {
  for (const [name, text] of settingsSchemaTexts()) {
    it(`${name}: is what the file is read by (node --import tsx scripts/schemas.mjs writes it)`, () => {
      assert.deepEqual(JSON.parse(readFileSync(join(schemas, `${name}.schema.json`), 'utf8')), JSON.parse(text));
    });
  }

  const accepts = (name: 'connections' | 'environments', value: unknown) =>
    new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(settingsSchemaTexts().get(name) ?? ''))(value);

  it('take what is documented, and refuse a secret in the file and a key that nothing reads', () => {
    assert.ok(accepts('connections', { connections: { x: { url: 'https://w', token: { env: 'TOKEN' } } } }));
    assert.ok(!accepts('connections', { connections: { x: { url: 'https://w', token: 'dapi' } } }));
    assert.ok(accepts('environments', { environments: { prod: { approvals: { approvers: ['Ada'] } } } }));
    assert.ok(!accepts('environments', { environments: { prod: { approvers: ['Ada'] } } }));
  });
});
