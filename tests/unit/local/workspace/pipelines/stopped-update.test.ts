import assert from 'node:assert/strict';
import type { Workspace } from '../../../../../local/workspace/api';
import { memoryStore } from '../../../../../local/workspace/memory-store';
import { PipelineStore } from '../../../../../local/workspace/pipelines/pipeline-store';
import { PipelineUpdates } from '../../../../../local/workspace/pipelines/pipeline-updates';
import type { MetastoreTables } from '../../../../../local/workspace/sql/service';
import { VirtualClock } from '../../../../support/virtual-clock';

describe('an update of a pipeline', () => {
  it('that has nothing left to do when it is asked to stop is canceled, not completed', async () => {
    const workspace: Workspace = {
      name: 'w',
      id: '1',
      url: 'http://127.0.0.1:1',
      clock: new VirtualClock(),
      store: memoryStore(),
      metastore: { store: memoryStore(), folder: '/none' },
      folder: '/none',
    };
    const store = new PipelineStore(workspace);
    const updates = new PipelineUpdates(workspace, {} as MetastoreTables, store);
    const pipeline = { id: 'p', creator: 'ann@example.com', spec: { name: 'empty' }, lastModified: 0 };
    store.put(pipeline);
    const update = updates.begin(pipeline, { cause: 'API_CALL' });
    updates.cancel(pipeline);
    assert.equal((await updates.untilEnded(update)).state, 'CANCELED');
    const said = store.events('p').map(({ message }) => message.replace(/^Update \w+ is /, ''));
    assert.deepEqual(said, ['CREATED.', 'INITIALIZING.', 'STOPPING.', 'CANCELED.']);
    const again = updates.begin(pipeline, { cause: 'API_CALL' });
    assert.equal((await updates.untilEnded(again)).state, 'COMPLETED');
  });
});
