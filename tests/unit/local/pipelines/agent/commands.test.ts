import assert from 'node:assert/strict';
import { runTestJob, scriptStep, type TestJob, taskStep } from '../../../../support/agent-job';

/** A job whose one step prints these lines, and one after it that prints texts with macros. */
function printing(lines: readonly string[], after = '', more: Partial<TestJob> = {}) {
  const quoted = lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(' ');
  return runTestJob({
    steps: [
      scriptStep(`: 1\nprintf '%s\\n' ${quoted}`, { name: 'first' }),
      scriptStep(`: 2\necho "[${after}]"`, { name: 'second', condition: 'always()' }),
    ],
    ...more,
  });
}

async function refused(line: string, expected: RegExp, more: Partial<TestJob> = {}): Promise<void> {
  const job = await printing([line], '', more);
  assert.equal(job.step('first').result, 'failed');
  assert.match(job.issues.map(({ message }) => message).join('\n'), expected);
}

describe('commands of steps: variables', () => {
  it('set a variable for the steps that follow, by macro and in the environment', async () => {
    const job = await printing(['##vso[task.setvariable variable=My.Var]a%3Bb'], '$(my.var) $MY_VAR');
    assert.ok(job.lines.includes('[a;b a;b]'));
    assert.ok(!job.lines.some((line) => line.includes('##vso')));
  });

  it('set an output, which later steps of the job read as step.variable', async () => {
    const job = await printing(['##vso[task.setvariable variable=x;isOutput=true]v'], '$(first.x) $(x)');
    assert.ok(job.lines.includes('[v ]'));
    assert.deepEqual([...job.outcome.outputs], [['first.x', { value: 'v', secret: false, readOnly: true }]]);
    assert.deepEqual(job.record.outputs, { 'first.x': 'v' });
  });

  it('mask a secret variable and keep it out of the environment', async () => {
    const job = await printing(['##vso[task.setvariable variable=pw;isSecret=true]hush-hush'], '$(pw)$PW');
    assert.ok(job.lines.includes('[***]'));
  });

  it('give a secret to a process only where env maps it', async () => {
    const job = await runTestJob({
      secrets: { pw: 'hush-hush' },
      steps: [
        scriptStep(': 1\necho "${#PW} ${#SECRET_PW} ${#MAPPED}"', { env: { MAPPED: '$(pw)' } }),
        scriptStep(': 1\nenv | grep -c hush || true'),
      ],
    });
    assert.ok(job.lines.includes('0 0 9'));
    assert.ok(job.lines.includes('0'));
  });

  it('keep secret outputs out of the record but hand them on', async () => {
    const job = await printing(['##vso[task.setvariable variable=x;isOutput=true;isSecret=true]hush']);
    assert.deepEqual(job.record.outputs, {});
    assert.deepEqual(job.outcome.outputs.get('first.x'), { value: 'hush', secret: true, readOnly: true });
  });

  it('cannot set what was set as read-only', async () => {
    const job = await printing(
      ['##vso[task.setvariable variable=r;isReadOnly=true]1', '##vso[task.setvariable variable=R]2'],
      '$(r)',
    );
    assert.equal(job.step('first').result, 'failed');
    assert.ok(job.lines.includes('[1]'));
  });

  it('cannot set a variable of the system', () =>
    refused('##vso[task.setvariable variable=Build.SourcesDirectory]/tmp', /'Build.SourcesDirectory' is read-only/));

  it('cannot set a secret of several lines', () =>
    refused('##vso[task.setvariable variable=x;isSecret=true]a%0Ab', /Secrets of several lines are not allowed/));

  it('set a secret of several lines where that is allowed, and mask each', async () => {
    const job = await printing(
      ['##vso[task.setvariable variable=x;isSecret=true]line-one%0Aline-two', 'line-two'],
      '',
      {
        variables: { SYSTEM_UNSAFEALLOWMULTILINESECRET: 'TRUE' },
      },
    );
    assert.ok(job.lines.includes('***'));
  });

  it('need a name', () => refused('##vso[task.setvariable]x', /needs the property 'variable'/));

  it('keep the case of a name in the environment where that is asked', async () => {
    const job = await printing(['##vso[task.setvariable variable=my.Var;preserveCase=true]v'], '$my_Var|$MY_VAR');
    assert.ok(job.lines.includes('[v|]'));
  });

  it('mask what a step calls secret', async () => {
    const job = await printing(['##vso[task.setsecret]one two', 'x one two y', '{"q":"one two"}'], 'one%20two');
    assert.deepEqual(
      job.lines.filter((line) => line.includes('***')),
      ['x *** y', '{"q":"***"}', '[***]'],
    );
  });

  it('put folders before the PATH, the newest first, each once', async () => {
    const job = await printing(
      ['##vso[task.prependpath]/one', '##vso[task.prependpath]/two', '##vso[task.prependpath]/one'],
      '$PATH',
    );
    assert.ok(job.lines.some((line) => line.startsWith('[/one:/two:')));
  });
});

describe('commands of steps: results and issues', () => {
  for (const [line, result] of [
    ['##vso[task.complete result=Succeeded]', 'succeeded'],
    ['##vso[task.complete result=SucceededWithIssues]', 'succeededWithIssues'],
    ['##vso[task.complete result=Failed]', 'failed'],
    ['##vso[task.complete result=Canceled]', 'canceled'],
    ['##vso[task.complete result=Skipped]', 'skipped'],
    ['##vso[task.complete result=2]', 'failed'],
    ['##vso[task.complete result=failed]', 'failed'],
    ['##vso[task.complete result=Cancelled]', 'failed'],
    ['##vso[task.complete]', 'failed'],
  ] as const) {
    it(`${line} makes the step ${result}`, async () => {
      const job = await printing([line]);
      assert.equal(job.step('first').result, result);
    });
  }

  it('merge results, the worst wins', async () => {
    const job = await printing(['##vso[task.complete result=Failed]bad', '##vso[task.complete result=Succeeded]good']);
    assert.equal(job.step('first').result, 'failed');
  });

  it('leave the job as it was when a step says it was canceled', async () => {
    const job = await printing(['##vso[task.complete result=Canceled]']);
    assert.equal(job.outcome.result, 'succeeded');
  });

  it('record issues with code and place, and show them', async () => {
    const job = await printing([
      '##vso[task.logissue type=error;sourcepath=src/a.py;linenumber=3;columnnumber=7;code=E1]bad thing',
      '##vso[task.issue type=Warning]so so',
    ]);
    assert.deepEqual(job.issues, [
      { type: 'error', message: 'bad thing', code: 'E1', file: 'src/a.py', line: 3, column: 7 },
      { type: 'warning', message: 'so so', code: '', file: '', line: undefined, column: undefined },
    ]);
    assert.ok(job.lines.includes('##[error]src/a.py(3,7): error E1: bad thing'));
    assert.ok(job.lines.includes('##[warning]so so'));
    assert.equal(job.step('first').result, 'succeeded');
  });

  it('refuse an issue of another type', () => refused('##vso[task.logissue type=info]x', /neither error nor warning/));

  it('keep ten issues of a type in the record, all in the log', async () => {
    const job = await printing(Array.from({ length: 15 }, (_, index) => `##vso[task.logissue type=warning]w${index}`));
    assert.equal(job.step('first').issues.length, 10);
    assert.ok(job.lines.includes('##[warning]w14'));
  });

  it('set progress between 0 and 100', async () => {
    const job = await printing(['##vso[task.setprogress value=140]over']);
    assert.deepEqual(job.step('first').progress, { percent: 100, text: 'over' });
  });

  it('show debug text only with System.Debug', async () => {
    const quiet = await printing(['##vso[task.debug]details']);
    const loud = await printing(['##vso[task.debug]details'], '', { variables: { 'System.Debug': 'true' } });
    assert.ok(!quiet.lines.some((line) => line.includes('details')));
    assert.ok(loud.lines.includes('##[debug]details'));
  });

  it('check records of their own', async () => {
    const id = '8a5a5f6e-2d5f-4f7c-9a53-4d6a5f0c9b11';
    const job = await printing([
      `##vso[task.logdetail id=${id};name=n;type=t]`,
      `##vso[task.logdetail id=${id};progress=50]`,
    ]);
    assert.equal(job.step('first').result, 'succeeded');
    await refused('##vso[task.logdetail id=not-a-guid;name=n;type=t]', /no GUID/);
    await refused(`##vso[task.logdetail id=${id};type=t]`, /needs the property 'name'/);
    await refused(`##vso[task.logdetail id=${id};name=n;type=t;parentid=${id.replace('8', '9')}]`, /does not exist/);
  });

  it('are read from standard error too, and mid-line', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep("echo 'INFO ##vso[task.setvariable variable=x]1' >&2\necho done", { name: 'first' }),
        scriptStep(': 1\necho "[$(x)]"'),
      ],
    });
    assert.ok(job.lines.includes('[1]'));
  });

  it('keep formatting as text', async () => {
    const job = await printing(['##[group]title', '##[endgroup]', '##[error]only shown']);
    assert.deepEqual(job.issues, []);
    assert.ok(['##[group]title', '##[endgroup]', '##[error]only shown'].every((line) => job.lines.includes(line)));
  });
});

describe('commands of steps: what is no command', () => {
  it('warns of the keyword in a line that is none, and shows the line', async () => {
    const job = await printing(['##vso[broken']);
    assert.equal(job.step('first').result, 'succeeded');
    assert.match(job.issues[0]?.message ?? '', /contains the keyword/);
    assert.ok(job.lines.includes('##vso[broken'));
  });

  it('warns of an area that does not exist', async () => {
    const job = await printing(['##vso[nowhere.event]']);
    assert.deepEqual(
      job.issues.map(({ type }) => type),
      ['warning'],
    );
    assert.equal(job.step('first').result, 'succeeded');
  });

  it('fails the step for an event that does not exist in its area', () =>
    refused('##vso[task.dance]', /no command 'dance' in the area 'task'/));

  it('fails the step for a name that every object has', () =>
    refused('##vso[task.constructor]', /no command 'constructor'/));

  it('fails the step for commands of classic releases', () =>
    refused('##vso[release.updatereleasename]x', /command of classic releases/));

  it('takes telemetry without a word', async () => {
    const job = await printing(['##vso[telemetry.publish area=a;feature=b]{}']);
    assert.deepEqual(job.issues, []);
  });
});

describe('commands of steps: the run', () => {
  it('change number and tags, and hand over files', async () => {
    const job = await runTestJob({
      secrets: { pw: 'hush-hush' },
      steps: [
        scriptStep(
          [
            'echo summary > s.md; echo log > l.txt; mkdir out; echo 1 > out/f',
            "echo '##vso[build.updatebuildnumber]20260101.1-hush-hush'",
            "echo '##vso[build.addbuildtag] good '",
            "echo '##vso[task.uploadsummary]s.md'",
            "echo '##vso[task.uploadfile]l.txt'",
            "echo '##vso[build.uploadlog]l.txt'",
            "echo '##vso[task.addattachment type=databricks-mlops.report;name=r]s.md'",
            "echo '##vso[artifact.upload artifactname=drop]out'",
          ].join('\n'),
          { name: 'first' },
        ),
        scriptStep(': 1\necho "[$(Build.BuildNumber)]"'),
      ],
    });
    const path = `${job.folder}/work/1/s/out`;
    assert.deepEqual(job.calls, [
      ['setRunNumber', '20260101.1-***'],
      ['addTag', 'good'],
      ['attach', 'Distributedtask.Core.Summary', 's.md', 'summary\n'],
      ['attach', 'Distributedtask.Core.FileAttachment', 'l.txt', 'log\n'],
      ['attach', 'DistributedTask.Core.Log', 'CustomToolLog', 'log\n'],
      ['attach', 'databricks-mlops.report', 'r', 'summary\n'],
      ['publishArtifact', 'container', 'drop', path],
    ]);
    assert.equal(job.step('first').attachments.length, 4);
    assert.ok(job.lines.includes('[20260101.1-***]'));
  });

  for (const [line, expected] of [
    ['##vso[build.updatebuildnumber]', /needs a number/],
    ['##vso[build.addbuildtag] ', /needs a tag/],
    ['##vso[task.uploadsummary]missing.md', /'missing.md' that is to be attached does not exist/],
    ['##vso[task.addattachment name=x]s', /needs the property 'type'/],
    ['##vso[task.addattachment type=a/b;name=x]s', /no file name can have/],
    ['##vso[artifact.upload]out', /needs the property 'artifactname'/],
    ['##vso[artifact.upload artifactname=a]missing', /'missing' does not exist/],
    ['##vso[artifact.associate artifactname=a]x', /cannot be told/],
    ['##vso[results.publish type=NUnit;resultFiles=a.xml]', /only JUnit/],
    ['##vso[codecoverage.publish]', /needs the property 'codecoveragetool'/],
    ['##vso[task.setendpoint id=x;field=url]http://h', /connection 'x', which this job does not have/],
    ['##vso[task.setendpoint id=x]v', /needs the property 'field'/],
  ] as const) {
    it(`refuse ${line}`, () => refused(line, expected));
  }

  it('fail the step when an upload fails', async () => {
    const job = await runTestJob({
      steps: [scriptStep("echo 1 > f\necho '##vso[artifact.upload artifactname=drop]f'", { name: 'first' })],
      events: {
        publishArtifact: async () => {
          throw new Error("Artifact 'drop' exists already.");
        },
      },
    });
    assert.equal(job.step('first').result, 'failed');
    assert.deepEqual(
      job.issues.map(({ message }) => message),
      ["Artifact 'drop' exists already."],
    );
  });
});

describe('a stub of a task', () => {
  it('sets its outputs and its result', async () => {
    const job = await runTestJob({
      steps: [taskStep('AzureCLI@2', { anything: 'x' }, { name: 'cli' }), scriptStep(': 1\necho "[$(cli.answer)]"')],
      options: {
        stubs: new Map([['azurecli@2', { result: 'succeededWithIssues' as const, outputs: { answer: '42' } }]]),
      },
    });
    assert.equal(job.outcome.result, 'succeededWithIssues');
    assert.ok(job.lines.includes('[42]'));
  });
});
