import assert from 'node:assert/strict';
import { lintPipeline } from '../../support/language-service';
import { mlopsCases } from '../../support/mlops-cases';
import { expandedTemplateText, OCCASIONS } from '../../support/templates';

describe('expansions of templates/mlops.yml under the language service of Azure Pipelines', () => {
  const cases = mlopsCases();

  it('are many', () => assert.ok(cases.length >= 30, String(cases.length)));

  for (const { name, occasion, parameters } of cases) {
    it(`are clean with ${name}`, async () => {
      const text = expandedTemplateText('templates/mlops.yml', parameters, OCCASIONS[occasion]);
      assert.match(text, /^stages:$/m);
      assert.deepEqual(await lintPipeline(text), [], text);
    });
  }

  it('are looked at: a misspelt input in one is found', async () => {
    const [first] = cases;
    assert.ok(first !== undefined);
    const text = expandedTemplateText('templates/mlops.yml', first.parameters, OCCASIONS.release);
    assert.deepEqual(await lintPipeline(text), []);
    const misspelt = text.replace('minimumVersion:', 'minimalVersion:');
    assert.notEqual(misspelt, text);
    assert.match((await lintPipeline(misspelt)).join('\n'), /Unexpected property minimalVersion/);
  });
});
