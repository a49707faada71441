import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pastedIntoScripts } from '../../../scripts/script-expressions.mjs';
import { root } from '../../support/declared';

const REFUSED: readonly (readonly [title: string, text: string, line: number, pasted: string])[] = [
  [
    'a parameter in script',
    `steps:\n- script: echo ${expression('parameters.name')}\n`,
    2,
    expression('parameters.name'),
  ],
  ['one in a block of bash', `steps:\n- bash: |\n    set -e\n    echo ${expression('a.b')}\n`, 4, expression('a.b')],
  ['one in pwsh', `steps:\n- pwsh: ${expression('a')}\n`, 2, expression('a')],
  ['one in powershell', `steps:\n- powershell: ${expression('a')}\n`, 2, expression('a')],
  [
    'one in the script of a task',
    `steps:\n- task: Bash@3\n  inputs:\n    targetType: inline\n    script: a ${expression('b')}\n`,
    5,
    expression('b'),
  ],
  [
    'one in inlineScript',
    `steps:\n- task: AzureCLI@2\n  inputs: { inlineScript: '${expression('b')}' }\n`,
    3,
    expression('b'),
  ],
  [
    'one in the arguments of a script',
    `steps:\n- task: Bash@3\n  inputs: { arguments: '${expression('b')}' }\n`,
    3,
    expression('b'),
  ],
  ['one below a condition', `steps:\n- ${expression('if a')}:\n  - script: ${expression('b')}\n`, 3, expression('b')],
  [
    'an input below a condition',
    `steps:\n- task: Bash@3\n  inputs:\n    ${expression('if a')}:\n      script: ${expression('b')}\n`,
    5,
    expression('b'),
  ],
  ['the name of a branch', 'steps:\n- script: echo $(Build.SourceBranchName)\n', 2, '$(Build.SourceBranchName)'],
  ['it in another case', 'steps:\n- script: echo $(build.sourcebranch)\n', 2, '$(build.sourcebranch)'],
  [
    'the message of a commit',
    'steps:\n- bash: echo "$(Build.SourceVersionMessage)"\n',
    2,
    '$(Build.SourceVersionMessage)',
  ],
  [
    'a branch of a pull request',
    'steps:\n- bash: git checkout $(System.PullRequest.SourceBranch)\n',
    2,
    '$(System.PullRequest.SourceBranch)',
  ],
  ['who asked for a run', 'steps:\n- bash: echo $(Build.RequestedForEmail)\n', 2, '$(Build.RequestedForEmail)'],
];

const ACCEPTED: readonly (readonly [title: string, text: string])[] = [
  [
    'a parameter as a variable of the environment',
    `steps:\n- bash: echo "$NAME"\n  env: { NAME: '${expression('parameters.name')}' }\n`,
  ],
  ['a branch as a variable of the environment', 'steps:\n- bash: echo "$B"\n  env: { B: $(Build.SourceBranchName) }\n'],
  ['what nobody outside chooses', 'steps:\n- script: ls $(Build.SourcesDirectory) $(Build.SourceVersion)\n'],
  ['an expression in an input that is no script', `steps:\n- task: A@1\n  inputs: { job: '${expression('a')}' }\n`],
  [
    'a parameter of a template named script',
    `parameters:\n- name: script\n  type: string\nsteps:\n- script: ls\n  displayName: ${expression('a')}\n`,
  ],
];

describe('texts that are pasted into scripts', () => {
  for (const [title, text, line, pasted] of REFUSED) {
    it(`refuses ${title}`, () => {
      assert.deepEqual(pastedIntoScripts(text), [{ line, pasted }]);
    });
  }

  for (const [title, text] of ACCEPTED) {
    it(`accepts ${title}`, () => {
      assert.deepEqual(pastedIntoScripts(text), []);
    });
  }

  it('are in none of our templates and examples', () => {
    execFileSync(process.execPath, [join(root, 'scripts', 'script-expressions.mjs')], { stdio: 'pipe' });
  });
});

function expression(source: string): string {
  return `\${{ ${source} }}`;
}
