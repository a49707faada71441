import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Tag, tagOf, withoutTags, withTags } from '../../../../../local/workspace/unity-catalog/tags';

describe('tags of Unity Catalog', () => {
  it('refuse keys with any of . , - = / : and blanks at the ends', () => {
    for (const key of ['a.b', 'a,b', 'a-b', 'a=b', 'a/b', 'a:b', ' a', 'a ', '', 'k'.repeat(256)]) {
      assert.throws(() => tagOf({ key, value: 'v' }), /key/, key);
    }
    assert.deepEqual(tagOf({ key: 'mlops_state', value: '1.5-a' }), { key: 'mlops_state', value: '1.5-a' });
    assert.deepEqual(tagOf({ key: 'k'.repeat(255) }).value, '');
    assert.throws(() => tagOf({ key: 'k', value: 'v'.repeat(1_001) }));
  });

  it('hold at most 20, each key once with its latest value', () => {
    const tag = fc.record({ key: fc.stringMatching(/^k[0-9]{1,2}$/), value: fc.string() });
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 40 }), (all) => {
        const expected = new Map<string, string>();
        let tags: readonly Tag[] = [];
        for (const one of all) {
          if (expected.size === 20 && !expected.has(one.key)) {
            const full = tags;
            assert.throws(() => withTags(full, [one]), /at most 20/);
          } else {
            expected.set(one.key, one.value);
            tags = withTags(tags, [one]);
          }
        }
        assert.deepEqual(new Map(tags.map(({ key, value }) => [key, value])), expected);
        assert.deepEqual(withoutTags(tags, [...expected.keys()]), []);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
