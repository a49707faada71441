import assert from 'node:assert/strict';
import { mustNotAppear } from '../support/captured-output';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { report } from '../support/promotion-steps';
import { type PipelineFolder, type Queued, stageResults, stepsIn } from '../support/queued-run';
import { APPROVER, approvalsOn, TemplateRuns } from '../support/template-run';

const MODEL = 'prod.default.tariff';
const ENVIRONMENT = 'mlops-tariff-prod-model';

/** The evaluation has been: its report lies in the repository. Approval and promotion are those of the templates. */
const PIPELINE = `
resources:
  repositories:
    - { repository: mlops, type: git, name: platform/azure-databricks-mlops }
stages:
  - stage: evaluate_prod
    jobs:
      - job: main
        steps:
          - checkout: self
          - publish: report
            artifact: prod-report
          - bash: |
              echo "##vso[task.setvariable variable=challengerVersion;isOutput=true]1"
              echo "##vso[task.setvariable variable=reportDigest;isOutput=true]$(cat digest)"
            name: evaluate
  - template: templates/stages/approve.yml@mlops
    parameters:
      gate: promote
      key: _prod
      dependsOn: [evaluate_prod]
      condition: not(canceled())
      environment: ${ENVIRONMENT}
  - stage: promote_prod
    dependsOn: [evaluate_prod, approve_promote_prod]
    jobs:
      - template: templates/jobs/promote.yml@mlops
        parameters:
          model: ${MODEL}
          evaluateStage: evaluate_prod
          artifact: prod-report
          connection: { databricksConnection: dbx-prod }
          pool: { vmImage: ubuntu-latest }
`;

describe('a report that wants an approval, behind a stage that was approved', () => {
  let workspace: TestWorkspace;
  let templates: TemplateRuns;

  before(async () => {
    templates = new TemplateRuns();
    workspace = await startTestWorkspace({ names: ['prod'] });
    mustNotAppear(workspace.token);
    const root = '/api/2.0/mlflow/unity-catalog';
    await workspace.call('POST', `${root}/registered-models/create`, { name: MODEL });
    await workspace.call('POST', `${root}/model-versions/create`, { name: MODEL, source: 'runs:/r1/model' });
    await workspace.call('POST', `${root}/model-versions/finalize`, { name: MODEL, version: '1' });
  });
  after(async () => {
    templates.remove();
    await workspace.stop();
  });

  async function promotion(nextAction: 'approve' | 'promote'): Promise<Queued> {
    const subject = { model: MODEL, challenger: { version: '1' }, champion: null };
    const approvalRequired = nextAction === 'approve';
    const createdAt = new Date(Date.now() + 1000).toISOString();
    const sealed = report('1', '', { subject, nextAction, approvalRequired }, createdAt);
    const folder: PipelineFolder = templates.folder(approvalsOn(ENVIRONMENT), PIPELINE);
    folder.write({ 'report/report.json': sealed.json, digest: sealed.digest });
    return templates.run(
      folder,
      'refs/heads/release/1',
      nextAction,
      { workspaces: workspace.all, decide: async () => ({ kind: 'approved', by: APPROVER, comment: '' }) },
      { stubs: {} },
    );
  }

  async function champion(): Promise<string> {
    const path = `/api/2.0/mlflow/unity-catalog/registered-models/alias?name=${MODEL}&alias=champion`;
    const { json } = await workspace.call<{ model_version?: { version: string } }>('GET', path);
    return json.model_version?.version ?? '';
  }

  it('is refused by DatabricksPromoteModel, and nothing moves', async () => {
    const run = await promotion('approve');
    assert.deepEqual(
      stageResults(run),
      { evaluate_prod: 'succeeded', approve_promote_prod: 'succeeded', promote_prod: 'failed' },
      run.lines.join('\n'),
    );
    const step = stepsIn(run, 'promote_prod').find(({ task }) => task === 'DatabricksPromoteModel@1');
    assert.deepEqual(
      step?.issues.filter(({ type }) => type === 'error').map(({ code }) => code),
      ['APPROVAL_NOT_SUPPORTED'],
    );
    assert.equal(await champion(), '');
  });

  it('is promoted where it allows that without one', async () => {
    const run = await promotion('promote');
    assert.equal(run.record.result, 'succeeded', run.lines.join('\n'));
    assert.equal(await champion(), '1');
  });
});
