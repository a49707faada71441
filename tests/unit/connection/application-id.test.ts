import assert from 'node:assert/strict';
import { applicationIdOf } from '../../../src/connection/application-id';
import { connection } from './surroundings';

describe('the application id of a connection', () => {
  for (const [kind, details, expected] of [
    ['databricks', connection('UsernamePassword', { username: ' app ', password: 'x' }), 'app'],
    ['databricks', connection('None', {}, { clientId: 'app' }), 'app'],
    ['databricks', connection('Token', { apitoken: 'x' }), undefined],
    ['azure', connection('WorkloadIdentityFederation', { serviceprincipalid: 'app' }), 'app'],
    ['azure', connection('ServicePrincipal', { serviceprincipalid: 'app' }), 'app'],
    ['azure', connection('ManagedServiceIdentity', {}, { msiclientId: 'app' }), 'app'],
    ['azure', connection('ManagedServiceIdentity'), undefined],
  ] as const) {
    it(`of ${kind} with scheme ${details.scheme} is ${expected}`, () => {
      assert.equal(applicationIdOf({ kind, connection: details, workspaceUrl: 'https://w.example' }), expected);
    });
  }

  it('is not known at the terminal', () => {
    assert.equal(applicationIdOf({ kind: 'terminal', workspaceUrl: '' }), undefined);
  });
});
