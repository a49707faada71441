import assert from 'node:assert/strict';
import type { ServingEndpoint } from '../../../../src/databricks/serving-endpoints';
import type { TaskError } from '../../../../src/errors';
import { decideCancel } from '../../../../tasks/DatabricksDeployEndpoint/cancel-decision';
import { standingOf } from '../../../../tasks/DatabricksDeployEndpoint/endpoint-state';

const single = (version: string) => ({
  served_entities: [{ name: `price-${version}`, entity_name: 'main.demo.price', entity_version: version }],
  traffic_config: { routes: [{ served_entity_name: `price-${version}`, traffic_percentage: 100 }] },
});

function endpoint(update: string, version: string, more: Partial<ServingEndpoint> = {}): ServingEndpoint {
  const config = { ...single(version), config_version: Number(version) };
  return { name: 'price', state: { ready: 'READY', config_update: update }, config, ...more };
}

describe('standing of an update', () => {
  const wanted = single('2');

  it('is done only when the wanted configuration itself is ready', () => {
    assert.equal(standingOf(endpoint('NOT_UPDATING', '2'), wanted, '1').kind, 'done');
    const starting = endpoint('NOT_UPDATING', '2', { state: { ready: 'NOT_READY', config_update: 'NOT_UPDATING' } });
    assert.equal(standingOf(starting, wanted, '1').kind, 'starting');
    assert.equal(standingOf(endpoint('NOT_UPDATING', '1'), wanted, '1').kind, 'not-seen');
    assert.equal(standingOf(endpoint('IN_PROGRESS', '1'), wanted, '1').kind, 'updating');
  });

  it('has failed when the service says so, when it was canceled, or when something else came', () => {
    const state = { deployment: 'DEPLOYMENT_FAILED', deployment_state_message: 'no memory' };
    const pending = { ...wanted, served_entities: wanted.served_entities.map((entity) => ({ ...entity, state })) };
    assert.deepEqual(standingOf(endpoint('UPDATE_FAILED', '1', { pending_config: pending }), wanted, '1'), {
      kind: 'failed',
      why: 'price-2: no memory',
    });
    assert.equal(standingOf(endpoint('UPDATE_CANCELED', '1'), wanted, '1').kind, 'failed');
    assert.equal(standingOf(endpoint('NOT_UPDATING', '3'), wanted, '1').kind, 'failed');
  });

  it('does not take an earlier failure for its own', () => {
    const earlier = endpoint('UPDATE_FAILED', '1', { pending_config: single('9') });
    assert.equal(standingOf(earlier, wanted, '1').kind, 'not-seen');
  });

  it('refuses a state that it does not know', () => {
    for (const state of ['UPDATE_PAUSED', '']) {
      assert.throws(
        () => standingOf(endpoint(state, '2'), wanted, '1'),
        (error: TaskError) => error.code === 'UNKNOWN_STATE',
      );
    }
  });
});

describe('what a cancel does', () => {
  const plan = { config: single('2'), former: single('1'), formerVersion: '1' };
  const fresh = { config: single('2'), formerVersion: '' };

  it('takes back only what is in place and was there before', () => {
    assert.equal(decideCancel(endpoint('NOT_UPDATING', '2'), plan).restore, true);
    assert.equal(decideCancel(endpoint('NOT_UPDATING', '1'), plan).restore, false);
    assert.equal(decideCancel(endpoint('NOT_UPDATING', '2'), fresh).restore, false);
    assert.equal(decideCancel(undefined, plan).restore, false);
  });

  it('leaves an update in progress and says what comes of it', () => {
    const own = decideCancel(endpoint('IN_PROGRESS', '1', { pending_config: single('2') }), plan);
    assert.equal(own.restore, false);
    assert.match(own.sentence, /version 2 serves when it ends/);
    const back = decideCancel(endpoint('IN_PROGRESS', '2', { pending_config: single('1') }), plan);
    assert.match(back.sentence, /version 1 is being put back/);
  });

  it('leaves an update of something else alone and does not call it its own', () => {
    const other = decideCancel(endpoint('IN_PROGRESS', '1', { pending_config: single('7') }), plan);
    assert.equal(other.restore, false);
    assert.match(other.sentence, /something else/);
  });
});
