import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findResource, pathSegments } from '../../../../../local/pipelines/service/find-resource';
import { RESOURCES, readableTemplate } from '../../../../../local/pipelines/service/resources';
import { ServiceError } from '../../../../../local/pipelines/service/service-error';

describe('Azure DevOps stand-in: routes', () => {
  it('finds each resource by its own template, whatever the values', () => {
    const value = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/^\.{1,2}$|\p{Cc}/u.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...RESOURCES),
        fc.array(value, { minLength: 12, maxLength: 12 }),
        (resource, values) => {
          const expected: Record<string, string> = {};
          const path = readableTemplate(resource)
            .split('/')
            .map((part, index) => {
              const name = /^\{\*?(\w+)\}$/.exec(part)?.[1];
              const filled = `v${values[index]}`;
              if (name === undefined) {
                return index % 2 === 0 ? part.toUpperCase() : part;
              }
              expected[name] = filled;
              return encodeURIComponent(filled);
            })
            .join('/');
          const found = findResource(pathSegments(path));
          assert.equal(found?.resource, resource, path);
          assert.deepEqual(found?.values, expected);
        },
      ),
      { seed: 4, numRuns: 1_000 },
    );
  });

  it('finds what a template lets out at its end', () => {
    const named = (path: string) => findResource(pathSegments(path))?.resource.name;
    assert.equal(named('p/_apis/build/builds'), 'Builds');
    assert.equal(named('p/_apis/build/builds/1/timeline'), 'Timeline');
    assert.equal(named('p/_apis/build/builds/1/tags'), 'tags');
    assert.equal(named('p/_apis/build/builds/1/tags/a/b'), 'tags');
    assert.equal(named('_apis/ResourceAreas'), 'ResourceAreas');
    for (const unknown of [
      '',
      'p',
      'p/_apis',
      'p/_apis/build',
      '_apis/build/builds',
      'o/p/_apis/build/builds',
      'p/_apis/build/builds/1/2',
    ]) {
      assert.equal(named(unknown), undefined, unknown);
    }
  });

  it('answers any path with segments or a refusal, and decodes once', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '%', '2', 'e', 'E', '0', '.', 'a', '\\', 'é') }), (path) => {
        try {
          const segments = pathSegments(path);
          assert.ok(segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..'));
          findResource(segments);
        } catch (error) {
          assert.ok(error instanceof ServiceError && error.status === 400, String(error));
        }
      }),
      { seed: 4, numRuns: 5_000 },
    );
    assert.deepEqual(pathSegments('/a%252Fb/c%2Fd'), ['a%2Fb', 'c/d']);
  });
});
