import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources } from '../../local/pipelines/queue/sources';
import { logOf, type PipelineFolder, stageResults, stepsIn } from '../support/queued-run';
import { approvalsOn, SAMPLE_PIPELINE, TemplateRuns } from '../support/template-run';

/** What would leave a mark if anything ran it, or took it for a command of the agent. */
function hostileText(mark: string): string {
  return `a'; touch ${mark}; ' $(touch ${mark}) \`touch ${mark}\` "; touch ${mark} # ##vso[build.addbuildtag]hijacked`;
}

/** As much of it as git lets a branch be called. */
function hostileBranch(mark: string): string {
  return `release/$(touch\${IFS}${mark});'\`touch\${IFS}${mark}\`'##vso]hijacked`;
}

function commit(folder: PipelineFolder, branch: string, message: string): void {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder.root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
  git('init', '-q', '-b', branch);
  git('add', 'azure-pipelines.yml');
  git('commit', '-q', '-m', message);
}

function hostileParameters(value: string): string {
  const text = JSON.stringify(value);
  return `
resources:
  repositories:
    - { repository: mlops, type: git, name: platform/azure-databricks-mlops, ref: refs/tags/v0.1.0 }
extends:
  template: templates/mlops.yml@mlops
  parameters:
    project: ${text}
    model: { schema: ${text}, name: ${text} }
    environments:
      - { name: staging, catalog: ${text}, connection: ${text}, modelEnvironment: models, variables: { cohort: ${text} } }
      - { name: prod, catalog: ${text}, connection: ${text}, modelEnvironment: models }
    policyFile: ${text}
    deployment: { mode: online, endpoint: ${text} }
    python: { version: ${text}, requirements: ${text}, testPath: ${text} }
`;
}

describe('hostile texts in a run of the templates', () => {
  let runs: TemplateRuns;
  let marks: string;

  beforeEach(() => {
    runs = new TemplateRuns();
    marks = mkdtempSync(join(tmpdir(), 'marks-'));
  });

  afterEach(() => {
    runs.remove();
    rmSync(marks, { recursive: true, force: true });
  });

  for (const [what, pipelineOf] of [
    ['branch and commit of the sample', () => SAMPLE_PIPELINE],
    ['parameters, branch and commit', hostileParameters],
  ] as const) {
    it(`run nothing: ${what}`, async () => {
      const mark = join(marks, 'mark');
      const folder = runs.folder(approvalsOn(), pipelineOf(hostileText(mark)));
      commit(folder, hostileBranch(mark), hostileText(mark));
      const { branch, message } = readSources(folder.root);
      assert.equal(branch, `refs/heads/${hostileBranch(mark)}`);
      assert.equal(message, hostileText(mark));
      const run = await runs.run(folder, branch, 'promote');
      assert.equal(run.record.branch, branch);
      assert.equal(stageResults(run)['unit'], 'succeeded', JSON.stringify(stageResults(run)));
      assert.equal(stageResults(run)['promote_prod'], 'succeeded', JSON.stringify(stageResults(run)));
      assert.deepEqual(readdirSync(marks), []);
      assert.deepEqual(run.record.tags, []);
    });
  }

  it('come through variables of the environment as they are', async () => {
    const mark = join(marks, 'mark');
    const value = hostileText(mark).split(' ##vso')[0] ?? '';
    const folder = runs.folder(
      approvalsOn(),
      `
parameters: [{ name: text, type: string }]
steps:
- checkout: none
- bash: printf '%s|%s|%s\\n' "$BRANCH" "$TEXT" "$QUEUED"
  env:
    BRANCH: $(Build.SourceBranch)
    TEXT: \${{ parameters.text }}
    QUEUED: $(queued)
`,
    );
    commit(folder, hostileBranch(mark), 'plain');
    const { branch } = readSources(folder.root);
    const run = await runs.run(
      folder,
      branch,
      'promote',
      {},
      {
        parameters: { text: value },
        variables: { queued: value },
      },
    );
    assert.equal(run.record.result, 'succeeded');
    const [step] = run.record.stages.flatMap(({ name }) => stepsIn(run, name));
    assert.ok(step !== undefined && logOf(run, step).includes(`${branch}|${value}|${value}`));
    assert.ok(!existsSync(mark));
  });
});
