import assert from 'node:assert/strict';
import { packageRoot } from '../../local/package-root';
import type { TaskStub } from '../../local/pipelines/agent/job-request';
import { logOf, PipelineFolder, stageResults, stepsIn, stub } from '../support/queued-run';
import { QuickPython } from '../support/quick-python';

const PIPELINE = JSON.stringify({
  resources: { repositories: [{ repository: 'mlops', type: 'git', name: 'platform/mlops' }] },
  extends: {
    template: 'templates/mlops.yml@mlops',
    parameters: {
      project: 'diabetes',
      model: { schema: 'diabetes', name: 'progression' },
      environments: [{ name: 'staging', catalog: 'staging', connection: 'dbx-staging', production: false }],
      pullRequest: { connection: 'dbx-pr', forks: 'always' },
    },
  },
});

/** Stands in for pytest in a real environment, which would have to be fetched: writes results, and fails where the repository says so. */
const PYTEST = `import os, sys
results = next(a.split("=", 1)[1] for a in sys.argv if a.startswith("--junitxml="))
failed = os.path.exists("broken")
with open(results, "w") as file:
    inner = '<failure message="wrong"/>' if failed else ''
    file.write(f'<testsuite name="unit" tests="1"><testcase classname="unit" name="one">{inner}</testcase></testsuite>')
sys.exit(1 if failed else 0)
`;

const STUBS: Readonly<Record<string, TaskStub>> = {
  'DatabricksCheckConnection@1': stub(),
  'DatabricksRunWorkflow@1': stub({ runId: '11' }),
  'DatabricksRegisterModel@1': stub({ modelVersion: '7', championVersion: '6' }),
  'DatabricksEvaluateModel@1': stub({ nextAction: 'promote', challengerVersion: '7', reportDigest: 'abc' }),
  'DatabricksPromoteModel@1': stub(),
};

describe('the steps of templates/mlops.yml on an agent', () => {
  let folder: PipelineFolder;

  beforeEach(() => {
    folder = new PipelineFolder({ 'azure-pipelines.yml': PIPELINE, 'pytest.py': PYTEST, 'requirements-dev.txt': '' });
  });

  afterEach(() => folder.remove());

  function run(queuedFor: { reason?: 'push' | 'pullRequest'; fork?: boolean } = {}, stubs = STUBS) {
    return folder.run({
      repositories: { self: folder.root, mlops: packageRoot() },
      queuedFor: { reason: 'push', branch: 'refs/heads/main', fork: false, schedule: undefined, ...queuedFor },
      stubs,
    });
  }

  /** Where the unit tests do not matter: without an environment of Python. */
  function runQuickly(queuedFor: Parameters<typeof run>[0] = {}, stubs = STUBS) {
    const python = new QuickPython();
    return run(queuedFor, { ...stubs, 'UsePythonVersion@0': stub() }).finally(() => python.remove());
  }

  it('promote what the report allows, after unit tests whose results are published', async () => {
    const ran = await runQuickly();
    assert.deepEqual(stageResults(ran), {
      unit: 'succeeded',
      integration: 'succeeded',
      train_staging: 'succeeded',
      evaluate_staging: 'succeeded',
      approve_promote_staging: 'skipped',
      promote_staging: 'succeeded',
    });
    assert.equal(ran.record.tests.length, 1);
  });

  it('end red where unit tests fail, with their results published all the same', async () => {
    folder.write({ broken: '' });
    const ran = await run();
    assert.equal(stageResults(ran)['unit'], 'failed');
    assert.equal(stageResults(ran)['train_staging'], 'skipped');
    assert.equal(ran.record.tests.length, 1);
  });

  it('end red where the report allows no promotion, with a sentence that says so', async () => {
    const ran = await runQuickly(
      {},
      {
        ...STUBS,
        'DatabricksEvaluateModel@1': stub({ nextAction: 'reject', challengerVersion: '7', reportDigest: 'abc' }),
      },
    );
    assert.equal(stageResults(ran)['evaluate_staging'], 'failed');
    assert.equal(stageResults(ran)['promote_staging'], 'skipped');
    const issues = stepsIn(ran, 'evaluate_staging').flatMap((step) => step.issues.map(({ message }) => message));
    assert.ok(
      issues.some((message) => message.startsWith('The report of version 7 says reject: nothing is promoted.')),
    );
  });

  it("end green for a pull request that was tested, and red for a fork's whose steps got no connection", async () => {
    const own = await runQuickly({ reason: 'pullRequest' });
    assert.deepEqual(stageResults(own), {
      unit: 'succeeded',
      integration: 'succeeded',
      integration_verdict: 'succeeded',
    });
    const fork = await runQuickly({ reason: 'pullRequest', fork: true });
    assert.deepEqual(stageResults(fork), {
      unit: 'succeeded',
      integration: 'succeeded',
      integration_verdict: 'failed',
    });
    assert.equal(fork.record.result, 'failed');
    const [verdict] = stepsIn(fork, 'integration_verdict').slice(-1);
    assert.match(verdict === undefined ? '' : logOf(fork, verdict), /did not succeed for this pull request/);
  });
});
