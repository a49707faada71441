import assert from 'node:assert/strict';
import { expanded, refuses, stepsOf } from '../../../../support/expand-pipeline';

/** Where a condition or variable of the run stands. */
const SLOTS = {
  stage: (text: string) => `stages:\n- stage: s\n  condition: ${text}\n`,
  job: (text: string) => `jobs:\n- job: a\n  condition: ${text}\n`,
  step: (text: string) => `steps:\n- script: a\n  condition: ${text}\n`,
  hook: (text: string) =>
    `jobs:\n- deployment: d\n  environment: e\n  strategy:\n    runOnce:\n      on:\n        failure:\n          steps:\n          - script: a\n            condition: ${text}\n`,
  variable: (text: string) => `variables:\n  v: ${text}\nsteps:\n- script: a\n`,
} as const;

type Slot = keyof typeof SLOTS;

const ACCEPTED: readonly (readonly [slot: Slot, text: string])[] = [
  ['stage', 'always()'],
  ['stage', 'succeeded()'],
  ['stage', "and(succeeded('a', 'b'), not(canceled()))"],
  ['stage', "eq(dependencies.a.outputs['main.s.v'], 'x')"],
  ['stage', "in(dependencies['a'].result, 'Succeeded', 'SucceededWithIssues', 'Skipped')"],
  ['stage', "eq(variables['Build.Reason'], 'Schedule')"],
  ['stage', 'false'],
  ['stage', "''"],
  ['job', "succeededOrFailed('a')"],
  ['job', "failed('a', 'b')"],
  ['job', "eq(stageDependencies.s.j.outputs['x.y'], true)"],
  ['job', "eq('$(v)', 'w')"],
  ['job', 'SUCCEEDED()'],
  ['step', 'always()'],
  ['step', 'and(failed(), eq(variables.v, 1))'],
  ['step', "ne(variables['System.PullRequest.IsFork'], 'True')"],
  ['step', 'True'],
  ['hook', 'canceled()'],
  ['variable', '$[ variables.x ]'],
  ['variable', "$[ counter('prefix', 100) ]"],
  ['variable', "$[counter(format('{0:yyyyMMdd}', pipeline.startTime), 1)]"],
  ['variable', "$[ stageDependencies.s.j.outputs['x.y'] ]"],
  ['variable', '$[ resources.repositories.self.ref ]'],
  ['variable', 'a $[ nosuch( ] b'],
];

const REFUSED: readonly (readonly [slot: Slot, text: string, place: string, part: string | RegExp])[] = [
  ['stage', 'nosuch()', '3:14', "'nosuch' is unknown"],
  ['stage', 'eq(1)', '3:14', 'takes 2 parameters'],
  ['stage', "always('a')", '3:14', 'always takes 0'],
  ['stage', 'always', '3:14', "wants '(' after it"],
  ['stage', 'succeeded', '3:14', "wants '(' after it"],
  ['stage', 'parameters.p', '3:14', /'parameters' is unknown.*Parameters exist only while templates/],
  ['stage', 'resources.a', '3:14', "'resources' is unknown"],
  ['stage', "counter('a', 1)", '3:14', "'counter' is unknown"],
  ['stage', 'succeeded() && eq(1, 1)', '3:14', 'no operators'],
  ['job', 'environment.name', '3:14', "'environment' is unknown"],
  ['job', "canceled('a')", '3:14', 'canceled takes 0'],
  ['step', "succeeded('a')", '3:14', 'succeeded takes 0'],
  ['step', 'dependencies.a.result', '3:14', "'dependencies' is unknown"],
  ['step', 'eq(1)', '3:14', 'takes 2 parameters'],
  ['hook', 'nosuch()', '10:24', "'nosuch' is unknown"],
  ['variable', '$[ 1 == 1 ]', '2:6', 'no operators'],
  ['variable', "$[ 'unclosed ]", '2:6', 'unexpected'],
  ['variable', '$[ always() ]', '2:6', /'always' is unknown.*only in conditions/],
  ['variable', '$[ nosuch.a ]', '2:6', "'nosuch' is unknown"],
  ['variable', '$[ parameters.p ]', '2:6', /write \$\{\{ parameters.name \}\}/],
];

describe('expressions of the run', () => {
  for (const [slot, text] of ACCEPTED) {
    it(`${slot}: ${text} stays as it is`, () => {
      assert.ok(JSON.stringify(expanded(SLOTS[slot](JSON.stringify(text)))).includes(JSON.stringify(text)));
    });
  }

  for (const [slot, text, place, part] of REFUSED) {
    it(`${slot}: refuses ${text}`, () => {
      refuses(
        SLOTS[slot](JSON.stringify(text)),
        'PIPELINE_EXPRESSION',
        place,
        typeof part === 'string' ? part.replace('always takes 0', 'always takes 0') : part,
      );
    });
  }

  it('may be written by an expression of the template', () => {
    const steps = stepsOf(
      "parameters:\n- name: c\n  default: always()\nsteps:\n- script: a\n  condition: and(${{ parameters.c }}, eq(variables.x, '${{ parameters.c }}'))\n- script: b\n  condition: ${{ eq(1, 2) }}\n",
    );
    assert.deepEqual(
      steps.map((step) => step['condition']),
      ["and(always(), eq(variables.x, 'always()'))", 'False'],
    );
  });
});
