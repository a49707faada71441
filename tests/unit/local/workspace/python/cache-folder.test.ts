import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cacheFolder } from '../../../../../local/workspace/python/cache-folder';
import { readConstraints, requirementLines } from '../../../../../local/workspace/python/constraints';

describe('cache folder', () => {
  it('is the named one, else the platform’s', () => {
    assert.equal(cacheFolder({ DATABRICKS_MLOPS_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux'), '/c');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux'), join('/x', 'databricks-mlops'));
    assert.equal(cacheFolder({ HOME: '/h' }, 'darwin'), join('/h', '.cache', 'databricks-mlops'));
    assert.equal(cacheFolder({ LOCALAPPDATA: '/l', HOME: '/h' }, 'win32'), join('/l', 'databricks-mlops'));
  });
});

describe('constraints', () => {
  it('pin every package exactly, each once per Python', () => {
    const pins = readConstraints();
    assert.ok(pins.length > 50);
    for (const pin of pins) {
      assert.match(pin, /^[a-z0-9-]+==[0-9a-z.]+(; python_version (<|>=) "3\.11")?$/);
    }
    assert.equal(new Set(pins).size, pins.length);
  });

  it('are lines without comments and blanks', () => {
    assert.deepEqual(requirementLines('# head\n\n a==1 # why\r\nb==2; python_version < "3.11"\n'), [
      'a==1',
      'b==2; python_version < "3.11"',
    ]);
  });
});
