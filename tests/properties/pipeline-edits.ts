import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExpandError } from '../../local/pipelines/expand/expand-error';
import { expandPipeline } from '../../local/pipelines/expand/pipeline/expand-pipeline';
import { printPipeline } from '../../local/pipelines/expand/print';
import { filesInMemory } from '../support/expand-pipeline';

/** A pipeline that uses most of the grammar, and its templates. */
export const WHOLE_PIPELINE = {
  'azure-pipelines.yml': `trigger: {branches: {include: [main]}, paths: {exclude: ['*.md']}}
parameters:
- name: envs
  type: object
  default:
  - {name: dev, flags: [1, true], vars: {A: a}}
  - {name: prod, secure: true, vars: {}}
- name: level
  type: number
  default: 3
  values: [1, 2, 3]
- name: steps
  type: stepList
  default:
  - script: echo default
variables:
- name: plain
  value: text
- \${{ if eq(variables['Build.Reason'], 'Manual') }}:
  - name: reason
    value: manual
- group: secrets
- template: t/vars.yml
resources:
  repositories:
  - repository: other
    type: git
    name: p/r
    ref: refs/tags/v1
stages:
- \${{ each e in parameters.envs }}:
  - template: t/stage.yml
    parameters:
      name: \${{ e.name }}
      vars: \${{ e.vars }}
      pre:
      - \${{ if e.secure }}:
        - script: secure \${{ parameters.level }}
      - \${{ else }}:
        - template: s.yml@other
- stage: last
  dependsOn: [dev, prod]
  condition: and(succeeded(), eq(dependencies.dev.outputs['main.s.v'], 'x'))
  jobs:
  - job: matrix
    strategy: {matrix: {one: {py: '3.10'}}, maxParallel: 2}
    steps:
    - checkout: none
    - pwsh: |
        line \${{ join(';', parameters.envs.*.name) }}
        \${{ upper(variables.plain) }}
      env: {J: "\${{ convertToJson(parameters.envs) }}"}
`,
  't/vars.yml': "variables:\n  fromTemplate: ${{ format('{0}-{1}', variables.plain, 1.5) }}\n",
  't/stage.yml': `parameters:
- name: name
- name: pre
  type: stepList
  default: []
- name: vars
  type: object
stages:
- stage: \${{ parameters.name }}
  variables:
    \${{ insert }}: \${{ parameters.vars }}
    own: \${{ variables.fromTemplate }}
  jobs:
  - deployment: main
    environment: \${{ parameters.name }}
    strategy:
      runOnce:
        deploy:
          steps:
          - \${{ parameters.pre }}
          - \${{ each step in parameters.pre }}:
            - \${{ each pair in step }}:
                \${{ if ne(pair.key, 'displayName') }}:
                  \${{ pair.key }}: \${{ pair.value }}
        on:
          failure: {steps: [{bash: "echo \${{ variables.own }}"}]}
`,
  's.yml@other': 'steps:\n- script: from the other\n  displayName: O\n',
} as const;

const PIECES = [
  '${{',
  '}}',
  '${{ if eq(1, 1) }}:',
  '${{ else }}:',
  '${{ each x in parameters.envs }}:',
  '${{ insert }}:',
  '${{ x }}',
  '- ',
  ': ',
  '\n',
  '  ',
  "'",
  '"',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ',',
  '.',
  '*',
  '|\n',
  '&a ',
  '*a',
  '? ',
  '---\n',
  '#',
  '@',
  'template: t/stage.yml',
  'parameters:',
  'steps:',
  'jobs:',
  'null',
  '\t',
  '\u0000',
  '\u{1F600}',
  '$[ always() ]',
];

interface Edit {
  readonly file: keyof typeof WHOLE_PIPELINE;
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  file: fc.constantFrom(...(Object.keys(WHOLE_PIPELINE) as (keyof typeof WHOLE_PIPELINE)[])),
  at: fc.nat({ max: 10_000 }),
  remove: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 3 }) }, { weight: 1, arbitrary: fc.nat({ max: 80 }) }),
  insert: fc.oneof(
    fc.constantFrom(...PIECES),
    fc.constant(''),
    fc.string({ maxLength: 6 }),
    // A part of the same files at another place: whole lines that are right by themselves.
    fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 120 })).map(([from, length]) => {
      const all = Object.values(WHOLE_PIPELINE).join('');
      return all.slice(from % all.length).slice(0, length);
    }),
  ),
});

/** Whatever is done to a pipeline and its templates, it expands to text, or is refused at a place of a file with what to do. */
export const editedPipelinesExpandOrAreRefused = fc.property(
  fc.array(edit, { minLength: 1, maxLength: 4 }),
  (edits) => {
    const files: Record<string, string> = { ...WHOLE_PIPELINE };
    for (const { file, at, remove, insert } of edits) {
      const text = files[file] ?? '';
      const from = at % (text.length + 1);
      files[file] = text.slice(0, from) + insert + text.slice(from + remove);
    }
    try {
      const text = printPipeline(expandPipeline({ file: 'azure-pipelines.yml', source: filesInMemory(files) }));
      assert.match(text, /^stages:/m);
    } catch (error) {
      assert.ok(error instanceof ExpandError, error instanceof Error ? error.stack : String(error));
      assert.match(error.sentences, /[.?!)]$/);
      assert.ok(error.place !== undefined && error.place.line >= 1 && error.place.column >= 1, error.sentences);
      const lines = (files[keyOf(error.place.frame.file)] ?? '').split(/\r\n|[\n\r]/).length;
      assert.ok(error.place.line <= lines, `${error.sentences} The file has ${lines} lines.`);
    }
  },
);

function keyOf(file: string): string {
  return file in WHOLE_PIPELINE ? file : 'azure-pipelines.yml';
}
