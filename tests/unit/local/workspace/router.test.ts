import assert from 'node:assert/strict';
import type { Operation } from '../../../../local/workspace/api';
import { Router } from '../../../../local/workspace/router';

function operation(method: Operation['method'], path: string): Operation {
  return { method, path, handle: () => ({}) };
}

describe('the router', () => {
  const router = new Router();
  for (const path of [
    '/api/jobs/get',
    '/api/jobs/:id',
    '/api/e/:name/config',
    '/api/files/*path',
    '/api/models:probe',
  ]) {
    router.add(operation('GET', path));
  }
  router.add(operation('PUT', '/api/files/*path'));

  function found(method: string, path: string) {
    const match = router.find(method, path);
    return match && { path: match.operation.path, params: match.params };
  }

  it('prefers a literal segment to a parameter, and a parameter to the rest', () => {
    assert.deepEqual(found('GET', '/api/jobs/get'), { path: '/api/jobs/get', params: {} });
    assert.deepEqual(found('GET', '/api/jobs/7'), { path: '/api/jobs/:id', params: { id: '7' } });
    assert.deepEqual(found('GET', '/api/models:probe'), { path: '/api/models:probe', params: {} });
  });

  it('decodes parameters and rests, segment by segment', () => {
    assert.deepEqual(found('GET', '/api/e/a%2Fb%20c/config')?.params, { name: 'a/b c' });
    assert.deepEqual(found('PUT', '/api/files//Volumes/a%20b/c')?.params, { path: 'Volumes/a b/c' });
    assert.deepEqual(found('GET', '/api/files')?.params, { path: '' });
  });

  it('knows neither other paths nor other methods', () => {
    assert.equal(found('GET', '/api/jobs'), undefined);
    assert.equal(found('POST', '/api/jobs/get'), undefined);
    assert.equal(found('GET', '/api/jobs/get/more'), undefined);
  });

  it('refuses paths that climb or cannot be decoded', () => {
    for (const path of [
      '/api/files/../x',
      '/api/files/%2e%2e/x',
      '/api/files/a%00',
      '/api/files/%zz',
      '/api/files/.',
    ]) {
      assert.throws(() => router.find('GET', path), { status: 400, errorCode: 'MALFORMED_REQUEST' }, path);
    }
  });

  it('refuses two operations for one request', () => {
    assert.throws(() => router.add(operation('GET', '/api/jobs/get')), /GET \/api\/jobs\/get/);
  });
});
