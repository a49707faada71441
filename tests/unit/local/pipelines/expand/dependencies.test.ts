import assert from 'node:assert/strict';
import { expandedText, refuses } from '../../../../support/expand-pipeline';

const FAULTS: readonly (readonly [title: string, pipeline: string, place: string, part: string])[] = [
  [
    'a stage that is not there',
    'stages:\n- stage: a\n- stage: b\n  dependsOn: c\n',
    '4:14',
    "no stage 'c' to depend on. At azure-pipelines.yml:4:14. There are: a, b.",
  ],
  ['one of several', 'stages:\n- stage: a\n- stage: b\n  dependsOn: [a, c]\n', '4:18', "no stage 'c'"],
  [
    'a job of another stage',
    'stages:\n- stage: a\n  jobs:\n  - job: x\n- stage: b\n  jobs:\n  - job: y\n    dependsOn: x\n',
    '8:16',
    "no job 'x' to depend on",
  ],
  ['a stage that depends on itself', 'stages:\n- stage: a\n  dependsOn: a\n', '3:14', "'a' waits for itself"],
  [
    'a circle',
    'jobs:\n- job: a\n  dependsOn: c\n- job: b\n  dependsOn: a\n- job: c\n  dependsOn: B\n- job: d\n',
    '3:14',
    "The job 'a' waits for itself",
  ],
  ['two stages of one name', 'stages:\n- stage: a\n- stage: A\n', '3:10', "two stages named 'A'"],
  [
    'a job and a deployment of one name',
    'jobs:\n- job: a\n- deployment: a\n  environment: e\n  strategy: {runOnce: {}}\n',
    '3:15',
    "two jobs named 'a'",
  ],
  ['a name with a dash', 'jobs:\n- job: a-b\n', '2:8', "'a-b' is no name for a job"],
  ['a name with a blank', 'stages:\n- stage: a b\n', '2:10', "'a b' is no name for a stage"],
  ['a name that begins with a digit', 'stages:\n- stage: 1a\n', '2:10', 'begin with no digit'],
  ['a name of the run', 'stages:\n- stage: $(x)\n', '2:10', "'$(x)' is no name"],
];

describe('dependencies', () => {
  for (const [title, pipeline, place, part] of FAULTS) {
    it(`refuse ${title}`, () => refuses(pipeline, 'PIPELINE_SHAPE', place, part));
  }

  for (const [title, pipeline] of [
    [
      'a diamond',
      'stages:\n- stage: a\n- stage: b\n  dependsOn: a\n- stage: c\n  dependsOn: A\n- stage: d\n  dependsOn: [b, c]\n',
    ],
    ['something that comes later', 'jobs:\n- job: a\n  dependsOn: b\n- job: b\n'],
    [
      'nothing, said in each way',
      'jobs:\n- job: a\n  dependsOn: []\n- job: b\n  dependsOn:\n- job: c\n  dependsOn: ""\n',
    ],
    ['the same name in two stages', 'stages:\n- stage: a\n  jobs:\n  - job: x\n- stage: b\n  jobs:\n  - job: x\n'],
    ['two jobs without names', 'jobs:\n- job:\n- job:\n'],
  ] as const) {
    it(`take ${title}`, () => assert.match(expandedText(pipeline), /^stages:/m));
  }

  it('name the template that a stage comes from', () => {
    refuses('stages:\n- template: t.yml\n', 'PIPELINE_SHAPE', 't.yml:3:14', 'included from azure-pipelines.yml:2:13', {
      files: { 't.yml': 'stages:\n- stage: a\n  dependsOn: nope\n' },
    });
  });
});
