import assert from 'node:assert/strict';
import { developmentManifest, developmentTask, uuidV5 } from '../../scripts/development-variant.mjs';
import { readManifest, readTasks } from '../support/declared';

describe('development variant', () => {
  it('derives ids as RFC 9562 says', () => {
    // The example of RFC 9562, appendix A.4: www.example.com in the DNS namespace.
    assert.equal(
      uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('shares no extension id, task id, task name or connection type with the release', () => {
    const manifest = readManifest();
    const variant = developmentManifest(manifest);
    assert.notEqual(variant.id, manifest.id);
    assert.ok(!variant.galleryFlags.includes('Public'));
    const types = (of: typeof manifest) =>
      of.contributions
        .filter((contribution) => contribution.type === 'ms.vss-endpoint.service-endpoint-type')
        .map((contribution) => contribution.properties.name as string);
    const tasks = readTasks();
    const variants = tasks.map((task) => developmentTask(task, types(manifest)));
    const idsAndNames = [...tasks, ...variants].flatMap((task) => [task.id, task.name]);
    assert.equal(new Set(idsAndNames).size, idsAndNames.length);
    for (const task of variants) {
      assert.match(task.id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.ok(task.friendlyName.length <= 40, task.friendlyName);
      assert.equal(task.inputs[0]?.type, `connectedService:${types(variant)[0]}`);
      assert.equal(task.inputs[1]?.type, 'connectedService:AzureRM');
    }
  });

  it('gives the same ids each time', () => {
    for (const task of readTasks()) {
      assert.deepEqual(developmentTask(task, []), developmentTask(task, []));
    }
  });
});
