import { type SampleRun, SampleRunBuilder } from './sample-run-builder';

/** A release with everything a page shows: a retried stage, an approval, summaries, issues, artifacts, tests. */
export function sampleRelease(): SampleRun {
  const build = new SampleRunBuilder();
  const unit = build.stage(
    'unit',
    [],
    [
      build.job('Unit tests', [
        build.step('Check out the commit', 'succeeded', { task: 'Checkout@1' }),
        build.step('Run pytest', 'succeeded', {
          lines: [
            '##[section]Starting: Run pytest',
            '##[command]python -m pytest',
            '##[group]Collected',
            'tests/test_features.py',
            'tests/test_train.py',
            '##[endgroup]',
            '\u001b[32m14 passed\u001b[0m in 2.31s',
            '##[section]Finishing: Run pytest',
          ],
        }),
      ]),
    ],
  );
  build.stage('integration', ['unit'], [], { note: 'Skipped: the reason of the run is manual.' });
  const train = build.step('Train', 'failed', {
    task: 'DatabricksRunWorkflow@1',
    message: 'Run 812 of job diabetes-train failed: INTERNAL_ERROR.',
    issues: [
      {
        type: 'error',
        code: 'RUN_FAILED',
        message: 'Run 812 of job diabetes-train failed: the cluster was lost. Run the stage again.',
        file: '',
        line: undefined,
        column: undefined,
      },
    ],
    lines: [
      '##[section]Starting: Train',
      '##[error]Run 812 of job diabetes-train failed.',
      '##[section]Finishing: Train',
    ],
  });
  build.stage('train_staging', ['unit'], [build.job('Train in staging', [train])]);
  build.stage(
    'train_staging',
    ['unit'],
    [
      build.job(
        'Train in staging',
        [
          build.step('Train', 'succeeded', {
            task: 'DatabricksRunWorkflow@1',
            attachments: build.summary('**Run 813 of job diabetes-train succeeded in 41 s.**\n'),
          }),
          build.step('Register', 'succeededWithIssues', {
            task: 'DatabricksRegisterModel@1',
            issues: [
              {
                type: 'warning',
                code: 'NO_SIGNATURE_EXAMPLE',
                message: 'The model has a signature but no input example.',
                file: 'samples/diabetes/src/train.py',
                line: 41,
                column: 3,
              },
            ],
          }),
        ],
        { attempt: 2, outputs: { 'register.modelVersion': '18', 'register.modelName': 'staging.ml.diabetes' } },
      ),
    ],
    { attempt: 2 },
  );
  build.stage(
    'evaluate_staging',
    ['train_staging'],
    [
      build.job('Evaluate', [
        build.step('Evaluate challenger and champion', 'succeeded', {
          task: 'DatabricksEvaluateModel@1',
          attachments: [
            ...build.summary(
              '**Promote diabetes 18 (champion is 17): PASS, report r3f9a1c0b2d4e5f60718**\n\n| against the champion | challenger 18 | champion 17 | change | interval | verdict |\n| --- | --- | --- | --- | --- | --- |\n| rmse | 53.1 | 55.8 | 2.7 better | 0.9 to 4.4 (95 %) | PASS |\n| r2 | 0.51 | 0.46 | 0.05 better | 0.01 to 0.09 (95 %) | PASS |\n\n* Data: 442 rows.\n* [Version 18](https://adb.example/models/18)\n',
            ),
            { type: 'databricks-mlops.report', name: 'report.json', file: 'attachments/report.json' },
          ],
        }),
      ]),
    ],
  );
  build.stage(
    'promote_staging',
    ['train_staging', 'evaluate_staging'],
    [build.job('Promote', [build.step('Promote', 'succeeded', { task: 'DatabricksPromoteModel@1' })])],
  );
  build.stage(
    'train_prod',
    ['promote_staging'],
    [build.job('Train in production', [build.step('Train', 'succeeded', { task: 'DatabricksRunWorkflow@1' })])],
  );
  build.stage(
    'evaluate_prod',
    ['train_prod'],
    [
      build.job('Evaluate', [
        build.step('Evaluate challenger and champion', 'succeeded', { task: 'DatabricksEvaluateModel@1' }),
      ]),
    ],
  );
  build.stage(
    'approve_promote_prod',
    ['evaluate_prod'],
    [build.job('Approve', [], { environment: 'mlops-prod', hook: 'deploy', state: 'completed', result: 'succeeded' })],
    {
      checkpoint: {
        id: build.id(),
        state: 'completed',
        result: 'succeeded',
        startedAt: build.time(),
        finishedAt: build.time(95),
        checks: [build.approval('mlops-prod', 'approved', 'Read report r3f9a1c0, all bars hold.')],
      },
    },
  );
  build.stage(
    'promote_prod',
    ['train_prod', 'evaluate_prod', 'approve_promote_prod'],
    [build.job('Promote', [build.step('Promote', 'succeeded', { task: 'DatabricksPromoteModel@1' })])],
  );
  build.stage(
    'serve_prod',
    ['promote_prod', 'train_prod'],
    [
      build.job('Deploy the endpoint', [
        build.step('Deploy endpoint', 'succeeded', { task: 'DatabricksDeployEndpoint@1' }),
      ]),
    ],
  );
  const job = unit.jobs[0];
  return build.run({
    tags: ['release', 'diabetes:18'],
    parameters: { model: '{"schema":"ml","name":"diabetes"}', promote: 'manual' },
    artifacts: [
      {
        id: 1,
        name: 'evaluation-prod',
        kind: 'pipeline',
        folder: 'artifacts/evaluation-prod',
        source: job?.id ?? '',
        files: 3,
        bytes: 48_213,
      },
    ],
    tests: [
      {
        id: 1,
        title: 'Unit tests',
        job: job?.id ?? '',
        cases: [
          {
            suite: 'tests.test_features',
            name: 'test_age_is_scaled',
            outcome: 'passed',
            milliseconds: 12,
            message: '',
          },
          {
            suite: 'tests.test_train',
            name: 'test_split_is_stable',
            outcome: 'failed',
            milliseconds: 840,
            message: 'AssertionError: assert 0.513 == 0.512\n  tests/test_train.py:41',
          },
          { suite: 'tests.test_train', name: 'test_on_gpu', outcome: 'skipped', milliseconds: 0, message: 'no GPU' },
        ],
      },
    ],
  });
}

/** A run that waits for an approval: `left` when its process has ended without an answer. */
export function sampleWaiting(state: 'left' | 'goesOn'): SampleRun {
  const build = new SampleRunBuilder();
  build.stage('evaluate_prod', [], [build.job('Evaluate', [build.step('Evaluate', 'succeeded')])]);
  build.stage('approve_promote_prod', ['evaluate_prod'], [], {
    state: 'pending',
    result: undefined,
    checkpoint: {
      id: build.id(),
      state: 'inProgress',
      result: undefined,
      startedAt: build.time(),
      finishedAt: undefined,
      checks: [build.approval('mlops-prod', 'pending')],
    },
  });
  build.stage('promote_prod', ['approve_promote_prod'], [], { state: 'pending', result: undefined });
  const run = build.run({ state: 'inProgress', result: undefined, finishedAt: undefined });
  return { ...run, goesOn: state === 'goesOn' };
}

/** Many jobs in a few stages, every fortieth failed, each with logs of some length. */
export function sampleOfManyJobs(jobs = 200, linesOfLog = 150): SampleRun {
  const build = new SampleRunBuilder();
  const perStage = Math.ceil(jobs / 4);
  for (let stage = 0; stage < 4; stage += 1) {
    build.stage(
      `stage_${stage + 1}`,
      stage === 0 ? [] : [`stage_${stage}`],
      Array.from({ length: perStage }, (_, index) => {
        const number = stage * perStage + index + 1;
        const result = number % 40 === 0 ? 'failed' : 'succeeded';
        const lines = Array.from(
          { length: linesOfLog },
          (_unused, line) => `Line ${line + 1} of job ${number}: loss=${(1 / (line + 1)).toFixed(6)}`,
        );
        return build.job(
          `Leg ${number}`,
          [
            build.step('Check out', 'succeeded'),
            build.step('Work', result, {
              lines,
              message: result === 'failed' ? 'The step ended with exit code 1.' : '',
            }),
          ],
          { name: `main leg_${number}` },
        );
      }),
    );
  }
  return build.run();
}
