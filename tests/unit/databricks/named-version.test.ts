import assert from 'node:assert/strict';
import type { ModelVersion } from '../../../src/databricks/model-versions';
import { refuseUnready, versionNamed } from '../../../src/databricks/named-version';
import type { WorkspaceClient } from '../../../src/databricks/workspace-client';

const NAME = 'main.default.price';

/** A registry of these versions and aliases; answers by alias carry no tags, as those of the service may. */
function registry(versions: readonly string[], aliases: Readonly<Record<string, string>>) {
  const version = (number: string, tags?: ModelVersion['tags']): ModelVersion => ({
    name: NAME,
    version: number,
    status: 'READY',
    ...(tags === undefined ? {} : { tags }),
  });
  return {
    modelVersions: {
      get: async (_: string, number: string) =>
        versions.includes(number) ? version(number, [{ key: 'of', value: number }]) : undefined,
    },
    registeredModels: {
      versionByAlias: async (_: string, alias: string) =>
        aliases[alias] === undefined ? undefined : version(aliases[alias]),
    },
  } as unknown as WorkspaceClient;
}

describe('a version by number or alias', () => {
  it('is read whole, or is nothing', async () => {
    const known = registry(['1', '12'], { champion: '12' });
    const tagOf = async (wanted: string) => (await versionNamed(known, NAME, wanted))?.tags?.[0]?.value;
    assert.equal(await tagOf('1'), '1');
    assert.equal(await tagOf('champion'), '12');
    assert.equal(await tagOf('2'), undefined);
    assert.equal(await tagOf('challenger'), undefined);
  });

  it('is an error where the alias is there and its version is not', async () => {
    await assert.rejects(versionNamed(registry(['1'], { champion: '9' }), NAME, 'champion'), {
      code: 'VERSION_NOT_FOUND',
      message: /champion.* 9/,
    });
  });

  it('is refused until it is READY, with what is wanted of it', () => {
    const ready: ModelVersion = { name: NAME, version: '3', status: 'READY' };
    refuseUnready(ready, 'https://w', 'Wait.');
    for (const other of [
      { ...ready, status: 'PENDING_REGISTRATION' },
      { name: NAME, version: '3' },
    ]) {
      assert.throws(() => refuseUnready(other, 'https://w', 'Wait.'), {
        code: 'VERSION_NOT_READY',
        sentences: /Version 3 of .*https:\/\/w\/.*version\/3\. Wait\.$/,
      });
    }
  });
});
