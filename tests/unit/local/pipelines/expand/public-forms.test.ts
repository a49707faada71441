import assert from 'node:assert/strict';
import { expanded, expandedText, refuses } from '../../../../support/expand-pipeline';

/** Forms that pipelines of public repositories have and that the pages hardly mention, each reduced to its core. */
describe('Forms of public pipelines', () => {
  describe('a template without declarations', () => {
    const files = {
      't.yml':
        'jobs:\n- job: ${{ parameters.name }}\n  strategy:\n    matrix:\n      Linux: {image: a}\n      ${{ if parameters.cross }}:\n        MacOS: {image: b}\n  steps:\n  - ${{ each crate in parameters.crates }}:\n    - script: test ${{ crate }}\n',
    };

    it('reads what it is given', () => {
      const text = expandedText(
        'jobs:\n- template: t.yml\n  parameters:\n    name: all\n    cross: true\n    crates: [x, y]\n',
        { files },
      );
      assert.match(text, /job: all/);
      assert.match(text, /MacOS/);
      assert.match(text, /test x[\s\S]*test y/);
    });

    it('reads null for what it is not given', () => {
      const text = expandedText('jobs:\n- template: t.yml\n  parameters:\n    name: few\n    crates: [x]\n', { files });
      assert.doesNotMatch(text, /MacOS/);
    });
  });

  describe('a template that declares by a mapping', () => {
    const steps =
      "steps:\n- script: ${{ coalesce(parameters.own, parameters.fallback) }}\n- ${{ if ne(parameters.extra, 'false') }}:\n  - script: extra\n";
    const files = {
      't.yml': `parameters:\n  fallback: f\n${steps}`,
      'typed.yml': `parameters:\n- name: fallback\n  default: f\n${steps}`,
    };

    it('reads null for a name that is neither declared nor given', () => {
      const text = expandedText('steps:\n- template: t.yml\n', { files });
      assert.match(text, /script: f\n/);
      assert.match(text, /script: extra/);
    });

    it('reads what it is given without declaring it', () => {
      const text = expandedText('steps:\n- template: t.yml\n  parameters: {own: o, extra: false}\n', { files });
      assert.match(text, /script: o\n/);
      assert.doesNotMatch(text, /script: extra/);
    });

    it('differs from one that declares by a list', () => {
      refuses('steps:\n- template: typed.yml\n', 'PIPELINE_EXPRESSION', 'typed.yml:5:11', "no parameter 'own'", {
        files,
      });
    });
  });

  describe('resources as a list of sources', () => {
    it('are taken and printed', () => {
      const { resources } = expanded('resources:\n- repo: self\n  clean: true\nsteps:\n- script: a\n');
      assert.deepEqual(resources, [{ repo: 'self', clean: 'true' }]);
    });

    it('have a repo', () => {
      refuses('resources:\n- clean: true\nsteps:\n- script: a\n', 'PIPELINE_SHAPE', '2:3', "'repo' is missing");
    });
  });
});
