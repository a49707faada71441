import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../local/package-root';
import type { QueueRequest } from '../../local/pipelines/queue/queue-request';
import { logOf, type Queued, stageResults, stepsIn, stub } from '../support/queued-run';
import { APPROVER, approvalsOn, stubbedTasks, TemplateRuns } from '../support/template-run';

const RELEASE = 'refs/heads/release/1.0';

/** A run of an example that shows what it is for. */
interface Example {
  readonly queuedFor: Partial<QueueRequest['queuedFor']>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stubs?: QueueRequest['stubs'];
  /** Environments with an approval, in the order in which their stages ask. */
  readonly asks: readonly string[];
  /** Every stage in the order of the pipeline; those of `skipped` are skipped, all others succeed. */
  readonly stages: readonly string[];
  readonly skipped?: readonly string[];
  also?(run: Queued): void;
}

const PROD = 'mlops-diabetes-prod-model';
const judged = (key: string) => [`evaluate_${key}`, `approve_promote_${key}`, `promote_${key}`];
const BATCH = ['unit', 'integration', ...['staging', 'prod'].flatMap((name) => [`train_${name}`, ...judged(name)])];
const ONLINE = BATCH.flatMap((stage) =>
  stage.startsWith('promote_') ? [stage, stage.replace('promote', 'serve')] : [stage],
);
const UNASKED = ['approve_promote_staging'];

const EXAMPLES: Readonly<Record<string, Example>> = {
  'samples/pipelines/batch.yml': { queuedFor: { branch: RELEASE }, asks: [PROD], stages: BATCH, skipped: UNASKED },
  'samples/pipelines/evaluate-and-promote.yml': {
    queuedFor: { reason: 'manual' },
    asks: [],
    stages: ['__default'],
    also: (run) =>
      assert.deepEqual(ours(run, '__default'), [
        'DatabricksCheckConnection@1',
        'DatabricksEvaluateModel@1',
        'DatabricksPromoteModel@1',
      ]),
  },
  'samples/pipelines/one-task.yml': {
    queuedFor: { reason: 'manual' },
    stubs: { 'DatabricksRunWorkflow@1': stub({ runUrl: 'https://local/run/41', resultState: 'SUCCESS' }) },
    asks: [],
    stages: ['__default'],
    also: (run) => {
      const [said] = stepsIn(run, '__default').filter(({ displayName }) => displayName === 'Bash');
      assert.match(said === undefined ? '' : logOf(run, said), /https:\/\/local\/run\/41 ended SUCCESS/);
    },
  },
  'samples/pipelines/online.yml': { queuedFor: { branch: RELEASE }, asks: [PROD], stages: ONLINE, skipped: UNASKED },
  'samples/pipelines/role-connections.yml': {
    queuedFor: { branch: RELEASE },
    asks: [PROD],
    stages: ONLINE,
    skipped: UNASKED,
  },
  'samples/pipelines/rollback.yml': {
    queuedFor: { reason: 'manual' },
    parameters: { reason: 'Wrong since Monday' },
    asks: [],
    stages: ['rollback_prod'],
    also: (run) =>
      assert.deepEqual(ours(run, 'rollback_prod'), [
        'DatabricksCheckConnection@1',
        'DatabricksDeployEndpoint@1',
        'DatabricksPromoteModel@1',
        'DatabricksDeployEndpoint@1',
      ]),
  },
  'samples/pipelines/several-environments.yml': {
    queuedFor: { branch: RELEASE },
    asks: ['mlops-diabetes-pre-prod-model', 'diabetes-approvers'],
    stages: [
      'unit',
      'integration',
      ...['test', 'pre_prod', 'prod'].flatMap((name) => [`train_${name}`, ...judged(name)]),
    ],
    skipped: ['approve_promote_test'],
  },
  'samples/pipelines/several-models.yml': {
    queuedFor: { branch: RELEASE },
    asks: [PROD, PROD],
    stages: [
      ...['unit', 'integration'],
      ...['staging', 'prod'].flatMap((name) => [
        `train_${name}`,
        ...judged(`${name}_progression`),
        `serve_${name}_progression`,
        ...judged(`${name}_readmission`),
      ]),
    ],
    skipped: ['approve_promote_staging_progression', 'approve_promote_staging_readmission'],
  },
  'samples/pipelines/trained-elsewhere.yml': {
    queuedFor: { branch: RELEASE },
    asks: [PROD],
    stages: ['unit', ...judged('staging'), ...judged('prod')],
    skipped: UNASKED,
  },
  'samples/diabetes/azure-pipelines.yml': {
    queuedFor: { branch: RELEASE },
    asks: [PROD],
    stages: ONLINE,
    skipped: UNASKED,
  },
};

/** Our tasks that a stage ran. */
function ours(run: Queued, stage: string): readonly string[] {
  return stepsIn(run, stage)
    .map(({ task }) => task)
    .filter((task) => task.startsWith('Databricks'));
}

describe('the example pipelines, with our tasks stubbed', () => {
  let runs: TemplateRuns;

  before(() => {
    runs = new TemplateRuns();
  });

  after(() => runs.remove());

  it('are all here', () => {
    const pipelines = readdirSync(join(packageRoot(), 'samples', 'pipelines')).map(
      (name) => `samples/pipelines/${name}`,
    );
    assert.deepEqual(Object.keys(EXAMPLES).sort(), [...pipelines, 'samples/diabetes/azure-pipelines.yml'].sort());
  });

  for (const [file, example] of Object.entries(EXAMPLES)) {
    it(`${file} runs to its expected end`, async () => {
      const folder = runs.folder(approvalsOn(...example.asks), readFileSync(join(packageRoot(), file), 'utf8'));
      const asked: string[] = [];
      const run = await runs.run(
        folder,
        'refs/heads/main',
        'promote',
        {
          decide: async ({ check }) => {
            asked.push(check.resource.name);
            return { kind: 'approved', by: APPROVER, comment: 'because' };
          },
        },
        {
          queuedFor: {
            reason: 'push',
            branch: 'refs/heads/main',
            fork: false,
            schedule: undefined,
            ...example.queuedFor,
          },
          parameters: example.parameters ?? {},
          stubs: { ...stubbedTasks('promote'), ...example.stubs },
        },
      );
      const expected = example.stages.map((stage) => [
        stage,
        example.skipped?.includes(stage) ? 'skipped' : 'succeeded',
      ]);
      assert.deepEqual(Object.entries(stageResults(run)), expected);
      assert.equal(run.record.result, 'succeeded');
      assert.deepEqual(asked, example.asks);
      example.also?.(run);
    });
  }
});
