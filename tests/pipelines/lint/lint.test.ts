import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expandPipeline } from '../../../local/pipelines/expand/pipeline/expand-pipeline';
import { printPipeline } from '../../../local/pipelines/expand/print';
import type { FileSource } from '../../../local/pipelines/expand/templates/file-source';
import { pipelineSchemaText } from '../../../local/pipelines/schema/pipeline-schema';
import { readTasks, root } from '../../support/declared';
import { lintPipeline } from '../../support/language-service';

/** Branches and reasons that between them put every stage of the templates into some expansion. */
const RUNS = [
  { 'Build.Reason': 'PullRequest', 'Build.SourceBranch': 'refs/pull/1/merge' },
  { 'Build.Reason': 'Manual', 'Build.SourceBranch': 'refs/heads/feature' },
  { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/heads/main' },
  { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/tags/v1.0.0' },
];

/** Parameters that a person gives at the start. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'samples/pipelines/rollback.yml': { reason: 'Wrong since Monday' },
};

const templates = pipelinesBelow('templates');
const examples = pipelinesBelow('samples').filter((file) => /^samples\/pipelines\/|azure-pipelines\.yml$/.test(file));

const FAULTS: readonly (readonly [title: string, text: string, found: RegExp])[] = [
  ['a misspelt root', 'jobz: []\n', /^1: Unexpected property jobz$/],
  ['a misspelt key of a step', 'steps:\n- script: a\n  displayname: b\n', /^3: Unexpected property displayname$/],
  ['a misspelt key of a job', 'jobs:\n- job: a\n  timeOutInMinutes: 5\n', /^3: Unexpected property timeOutInMinutes$/],
  ['a misspelt key of a stage', 'stages:\n- stage: a\n  jobz: []\n', /^3: Unexpected property jobz$/],
  ['a list as script', 'steps:\n- script: [a]\n', /^2: Incorrect type\. Expected "string"\.$/],
  [
    'an unknown input of a task of ours',
    'steps:\n- task: DatabricksRunWorkflow@1\n  inputs:\n    connection: c\n    jobb: j\n',
    /^5: Unexpected property jobb$/,
  ],
  [
    'a value that a pick list does not have',
    'steps:\n- task: DatabricksRunWorkflow@1\n  inputs:\n    action: start\n',
    /^4: Value is not accepted\. Valid values: run, submit, update, attach, repair, cancel\.$/,
  ],
  [
    'a value that a pick list of a built-in task does not have',
    'steps:\n- task: PublishTestResults@2\n  inputs: { testResultsFiles: a, testRunner: Mocha }\n',
    /^3: Value is not accepted\. Valid values: JUnit, /,
  ],
  [
    'a missing input of a task of ours',
    'steps:\n- task: DatabricksRegisterModel@1\n  inputs:\n    action: register\n',
    /^3: Missing property "model"\.$/,
  ],
  ['a task of ours that is none', 'steps:\n- task: DatabricksRunWorkfow@1\n', /^2: /],
  ['a version of our tasks that is none', 'steps:\n- task: DatabricksRunWorkflow@7\n', /^2: /],
  [
    'a missing input of a built-in task',
    'steps:\n- task: CopyFiles@2\n  inputs:\n    SourceFolder: a\n',
    /^3: Missing property "TargetFolder"\.$/,
  ],
  [
    'an unknown input of a built-in task',
    'steps:\n- task: UsePythonVersion@0\n  inputs:\n    version: 3.x\n',
    /^4: Unexpected property version$/,
  ],
  [
    'an unknown parameter type',
    'parameters:\n- name: a\n  type: text\nsteps:\n- script: a\n',
    /^3: Value is not accepted\. Valid values: string,/,
  ],
  [
    'a fault below a condition',
    `steps:\n- \${{ if eq('a', 'a') }}:\n  - script: a\n    nam: b\n`,
    /^4: Unexpected property nam$/,
  ],
  [
    'a fault below a loop',
    `steps:\n- \${{ each a in parameters.b }}:\n  - task: Delay@1\n    inputs: { minutes: 1 }\n`,
    /^4: Unexpected property minutes$/,
  ],
];

const RIGHT: readonly (readonly [title: string, text: string])[] = [
  [
    'an alias of an input, in another case',
    'steps:\n- task: PublishPipelineArtifact@1\n  inputs: { PATH: a, artifactname: b }\n',
  ],
  ['a task of others', 'steps:\n- task: NodeTool@0\n  inputs: { versionSpec: 20.x }\n'],
  ['variables as a mapping', 'variables: { a: 1 }\nsteps:\n- script: a\n'],
  ['a list that is an expression', `jobs:\n- job: a\n  steps: \${{ parameters.steps }}\n`],
  ['a pick list that is a variable', 'steps:\n- task: DatabricksRunWorkflow@1\n  inputs: { action: $(action) }\n'],
  ['parameters in their old form', 'parameters: { a: b }\nsteps:\n- script: a\n'],
];

describe('pipelines under the language service of Azure Pipelines', () => {
  it('has templates and examples to look at', () => {
    assert.ok(templates.length >= 10, templates.join(', '));
    assert.ok(examples.length >= 5, examples.join(', '));
  });

  for (const file of [...templates, ...examples]) {
    it(`finds nothing in ${file}`, async () => {
      const text = read(file);
      const problems = await lintPipeline(text);
      assert.deepEqual(
        problems.filter((problem) => !isOfExpressions(problem, text.split('\n'))),
        [],
      );
    });
  }

  for (const file of examples) {
    it(`finds nothing in the expansions of ${file}`, async () => {
      for (const variables of RUNS) {
        const text = expansion(file, variables);
        assert.deepEqual(await lintPipeline(text), [], `${JSON.stringify(variables)}\n${text}`);
      }
    });
  }

  for (const [title, text, found] of FAULTS) {
    it(`finds ${title}`, async () => {
      const problems = await lintPipeline(text);
      assert.ok(
        problems.some((problem) => found.test(problem)),
        problems.join('\n') || 'nothing was found',
      );
    });
  }

  for (const [title, text] of RIGHT) {
    it(`takes ${title}`, async () => {
      assert.deepEqual(await lintPipeline(text), []);
    });
  }
});

describe('pipeline.schema.json', () => {
  it('is what the grammar and the tasks say (node --import tsx scripts/schemas.mjs)', () => {
    const published = JSON.parse(read('templates/schemas/pipeline.schema.json')) as unknown;
    assert.deepEqual(published, JSON.parse(pipelineSchemaText(readTasks())));
  });
});

/** The files as they lie here, for the pipeline's own repository and for that of the templates: the examples name a release of them. */
const here: FileSource = {
  knows: (alias) => ['self', 'mlops'].includes(alias),
  read: (_, path) => {
    const file = join(root, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  },
};

function expansion(file: string, variables: Readonly<Record<string, string>>): string {
  return printPipeline(
    expandPipeline({
      file,
      source: here,
      parameters: new Map(Object.entries(PARAMETERS[file] ?? {})),
      variables: new Map(Object.entries(variables)),
    }),
  );
}

/**
 * What the service cannot see before expansion. It holds two `${{ else }}` of a mapping for one key twice, while only literal keys must differ
 * (actions/runner, TemplateReader.cs: keys that are expressions are not compared); and it drops what `insert` and `each` put into a mapping, so
 * that a required input may seem to be missing there. The expansions, which have neither, are held without exception.
 */
function isOfExpressions(problem: string, lines: readonly string[]): boolean {
  const [, number = '', message = ''] = /^(\d+): (.*)$/s.exec(problem) ?? [];
  const line = lines[Number(number) - 1] ?? '';
  if (message === 'duplicate key') {
    return /^\s*(?:- )?\$\{\{/.test(line);
  }
  const below = lines.slice(Number(number));
  const end = below.findIndex((next) => next.trim() !== '' && indent(next) <= indent(line));
  const inserts = below.slice(0, end === -1 ? undefined : end).some((next) => /^\s*\$\{\{ (?:insert|each) /.test(next));
  return message.startsWith('Missing property') && inserts;
}

function indent(line: string): number {
  return line.length - line.trimStart().length;
}

function pipelinesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
