import assert from 'node:assert/strict';
import { idempotencyKey, idempotencyToken } from '../../../src/agent/idempotency-key';
import { FakeHost } from '../../support/fake-host';

const place = {
  'System.CollectionUri': 'https://dev.azure.com/o/',
  'System.TeamProjectId': 'p',
  'System.DefinitionId': '5',
  'Build.BuildId': '77',
  'System.StageName': 'train_prod',
  'System.PhaseName': 'main',
  'System.JobName': 'main',
  'System.JobPositionInPhase': '1',
  'System.TaskInstanceName': 'train',
};
const keyOf = (variables: Record<string, string>, target = 'job', given = '') =>
  idempotencyKey(new FakeHost({ variables }), 'DatabricksRunWorkflow', 'run', target, given);

describe('idempotency key', () => {
  it('is the same in every attempt of a step', () => {
    const first = keyOf({ ...place, 'System.StageAttempt': '1', 'System.JobAttempt': '1', 'System.JobId': 'x' });
    assert.equal(keyOf({ ...place, 'System.StageAttempt': '2', 'System.JobAttempt': '3', 'System.JobId': 'y' }), first);
    assert.match(first, /^[0-9a-f]{40}$/);
  });

  it('differs with every part of the place, and with the target', () => {
    const keys = Object.keys(place).map((name) => keyOf({ ...place, [name]: 'other' }));
    assert.equal(new Set([...keys, keyOf(place), keyOf(place, 'other job')]).size, keys.length + 2);
  });

  it('tells releases and their stages apart', () => {
    const release = { 'System.HostType': 'release', 'Release.ReleaseId': '9', 'Release.EnvironmentName': 'prod' };
    assert.notEqual(
      keyOf({ ...place, ...release }),
      keyOf({ ...place, ...release, 'Release.EnvironmentName': 'test' }),
    );
  });

  it('is new with each call at the terminal', () => {
    const host = new FakeHost({ kind: 'terminal' });
    assert.notEqual(idempotencyKey(host, 't', 'run', 'x', ''), idempotencyKey(host, 't', 'run', 'x', ''));
  });

  it('takes the key that a user gives, hashed when it is too long, and stays within 64 characters', () => {
    assert.equal(keyOf(place, 'job', 'nightly-2026'), 'nightly-2026');
    assert.match(keyOf(place, 'job', 'x'.repeat(41)), /^[0-9a-f]{40}$/);
    assert.ok(idempotencyToken(keyOf(place), 1_000).length <= 64);
  });
});
