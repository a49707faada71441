import assert from 'node:assert/strict';
import { startTestWorkspace } from '../../../support/local-workspace';

describe('reports of clients on their use', () => {
  it('are counted and forgotten, for who has a token', async () => {
    const workspace = await startTestWorkspace();
    try {
      const body = { uploadTime: 1, items: [], protoLogs: ['{"a":1}', '{"b":2}'] };
      const reply = await workspace.call('POST', '/telemetry-ext', body);
      assert.deepEqual([reply.status, reply.json], [200, { numSuccess: 0, numProtoSuccess: 2 }]);
      const stranger = await workspace.call('POST', '/telemetry-ext', body, { authorization: '' });
      assert.equal(stranger.status, 401);
    } finally {
      await workspace.stop();
    }
  });
});
