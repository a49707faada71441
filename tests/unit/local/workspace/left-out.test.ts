import assert from 'node:assert/strict';
import { describeLeftOut, describeOperations } from '../../../../local/workspace/describe-operations';
import { unknownOperation } from '../../../../local/workspace/left-out';
import { startTestWorkspace } from '../../../support/local-workspace';

describe('what the local workspace leaves out', () => {
  it('is told with its reason in every version of the API, and only below the named path', () => {
    const clusters = describeLeftOut().find(({ room }) => room === 'clusters')?.why ?? '';
    assert.notEqual(clusters, '');
    for (const path of [
      '/api/2.1/clusters/list',
      '/api/2.0/clusters/list',
      '/api/2.0/preview/clusters/x',
      '/api/2.1/clusters',
    ]) {
      const { status, errorCode, message } = unknownOperation('GET', path);
      assert.deepEqual([status, errorCode], [501, 'NOT_IMPLEMENTED']);
      assert.equal(message, `The local workspace does not know GET ${path}. ${clusters}`);
    }
    assert.equal(
      unknownOperation('GET', '/api/2.0/clusters-of-others/list').message,
      'The local workspace does not know GET /api/2.0/clusters-of-others/list.',
    );
  });

  it('never hides an operation that there is', () => {
    const paths = describeOperations().map(({ path }) => path);
    for (const { room } of describeLeftOut()) {
      const below = paths.filter((path) => new RegExp(`^/api/[0-9.]+/(preview/)?${room}(/|$)`).test(path));
      assert.deepEqual(below, [], room);
    }
  });

  it('is answered over HTTP as the service answers what it does not know', async () => {
    const workspace = await startTestWorkspace();
    try {
      const reply = await workspace.call('GET', '/api/2.0/dbfs/list?path=/tmp');
      assert.equal(reply.status, 501);
      assert.equal(reply.json.error_code, 'NOT_IMPLEMENTED');
      assert.match(String(reply.json.message), /GET \/api\/2\.0\/dbfs\/list\. .*\/Volumes/);
    } finally {
      await workspace.stop();
    }
  });
});
