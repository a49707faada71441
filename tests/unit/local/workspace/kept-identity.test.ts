import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { startTestWorkspace } from '../../../support/local-workspace';

describe('a workspace that starts again', () => {
  it('has the address and the id of its last start, and another id than one of the same name elsewhere', async () => {
    const first = await startTestWorkspace({ names: ['staging', 'prod'] });
    const addresses = ({ all }: typeof first) => all.map(({ id, url }) => ({ id, url }));
    const before = addresses(first);
    await first.stop('keep');
    const again = await startTestWorkspace({ names: ['staging', 'prod'], data: first.data });
    const elsewhere = await startTestWorkspace({ names: ['staging'] });
    try {
      assert.deepEqual(addresses(again), before);
      assert.notEqual(elsewhere.id, again.id);
    } finally {
      await elsewhere.stop();
      await again.stop();
    }
  });

  it('takes a free port where another program has its own, and refuses one that was asked for', async () => {
    const first = await startTestWorkspace();
    const port = Number(new URL(first.url).port);
    await first.stop('keep');
    const other = createServer();
    await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening));
    try {
      const again = await startTestWorkspace({ data: first.data });
      assert.notEqual(again.url, first.url);
      assert.equal(again.id, first.id);
      await again.stop('keep');
      await assert.rejects(startTestWorkspace({ data: first.data, port }), { code: 'PORT_IN_USE' });
    } finally {
      await new Promise((closed) => other.close(closed));
      rmSync(first.data, { recursive: true, force: true });
    }
  });
});
