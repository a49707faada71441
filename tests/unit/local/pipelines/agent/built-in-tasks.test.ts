import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTestJob, scriptStep, taskStep } from '../../../../support/agent-job';
import { AutoClock } from '../../../../support/auto-clock';

const bash = (script: string, more = {}) =>
  taskStep('Bash@3', { targetType: 'inline', script, ...more }, { name: 'it' });

describe('Bash@3', () => {
  it('runs a file with arguments', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep("printf 'echo got $1 $2' > my\\ file.sh"),
        taskStep('Bash@3', { filePath: 'my file.sh', arguments: 'one "two three"' }, { name: 'it' }),
      ],
    });
    assert.ok(job.lines.includes('got one two three'), job.lines.join('\n'));
  });

  it('fails on standard error only where that is asked', async () => {
    const [quiet, strict] = await Promise.all([
      runTestJob({ steps: [bash('echo oops >&2')] }),
      runTestJob({ steps: [bash('echo oops >&2', { failOnStderr: 'true' })] }),
    ]);
    assert.deepEqual([quiet.step('it').result, strict.step('it').result], ['succeeded', 'failed']);
  });

  it('runs in its working directory, and says when there is none', async () => {
    const job = await runTestJob({ steps: [scriptStep('mkdir d'), bash('pwd', { workingDirectory: 'd' })] });
    assert.ok(job.lines.some((line) => line.endsWith('/1/s/d')));
    const wrong = await runTestJob({ steps: [bash('pwd', { workingDirectory: 'nowhere' })] });
    assert.match(wrong.step('it').message, /working directory '.*nowhere' does not exist/);
  });

  it('shows one line of script, but no command in it', async () => {
    const job = await runTestJob({ steps: [bash('echo one'), bash("echo '##vso[task.debug]x'")] });
    assert.deepEqual(job.lines.filter((line) => line === 'Script contents:').length, 1);
  });

  it('sees nothing of the environment of whoever runs the pipeline', async () => {
    process.env['SECRET_OF_THE_SHELL'] = 'x';
    try {
      const job = await runTestJob({ steps: [bash(': 1\necho "[$SECRET_OF_THE_SHELL]$TF_BUILD"')] });
      assert.ok(job.lines.includes('[]True'));
    } finally {
      delete process.env['SECRET_OF_THE_SHELL'];
    }
  });
});

describe('PowerShell@2', () => {
  it('says what is missing where there is no pwsh', async () => {
    const job = await runTestJob({
      steps: [taskStep('PowerShell@2', { targetType: 'inline', script: 'Write-Host 1', pwsh: 'true' }, { name: 'it' })],
      options: { environment: { PATH: '/nowhere' } },
    });
    assert.match(job.step('it').message, /pwsh is not on the PATH/);
  });

  it('hands pwsh a script file and takes its exit code', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'pwsh-'));
    writeFileSync(join(bin, 'pwsh'), '#!/bin/sh\nfor last; do :; done\ncat "$last"; exit 4\n', { mode: 0o755 });
    const job = await runTestJob({
      steps: [taskStep('PowerShell@2', { targetType: 'inline', script: 'Write-Host 1' }, { name: 'it' })],
      options: { environment: { PATH: `${bin}:${process.env['PATH']}` } },
    });
    assert.ok(job.lines.includes('Write-Host 1') && job.lines.includes("$ErrorActionPreference = 'stop'"));
    assert.equal(job.step('it').message, "The script exited with code '4'.");
  });
});

describe('CopyFiles@2', () => {
  const tree = scriptStep(
    'mkdir -p in/sub out; echo 1 > in/a.txt; echo 2 > in/sub/b.txt; echo 3 > in/sub/c.md; echo old > out/a.txt',
  );
  const copied = async (inputs: Readonly<Record<string, string>>) => {
    const job = await runTestJob({
      steps: [
        tree,
        taskStep('CopyFiles@2', { SourceFolder: 'in', TargetFolder: 'out', ...inputs }, { name: 'it' }),
        scriptStep(': 1\ncd out && find . -type f | sort | while read f; do echo "$f=$(cat $f)"; done'),
      ],
    });
    return job.lines.filter((line) => line.startsWith('./'));
  };

  for (const [inputs, expected] of [
    [{}, ['./a.txt=old', './sub/b.txt=2', './sub/c.md=3']],
    [{ OverWrite: 'true' }, ['./a.txt=1', './sub/b.txt=2', './sub/c.md=3']],
    [{ Contents: '**/*.txt' }, ['./a.txt=old', './sub/b.txt=2']],
    [{ Contents: '**\n!**/*.md' }, ['./a.txt=old', './sub/b.txt=2']],
    [{ Contents: '*.txt' }, ['./a.txt=old']],
    [{ Contents: '# none\nsub/*' }, ['./a.txt=old', './sub/b.txt=2', './sub/c.md=3']],
    [{ Contents: '**/*.md', CleanTargetFolder: 'true' }, ['./sub/c.md=3']],
    [{ Contents: '**/*.md', flattenFolders: 'true' }, ['./a.txt=old', './c.md=3']],
    [{ Contents: 'nothing', CleanTargetFolder: 'true' }, ['./a.txt=old']],
  ] as const) {
    it(`with ${JSON.stringify(inputs)}`, async () => {
      assert.deepEqual(await copied(inputs), expected);
    });
  }

  it('says when the source is not there', async () => {
    const job = await runTestJob({
      steps: [taskStep('CopyFiles@2', { SourceFolder: 'no', TargetFolder: 'out' }, { name: 'it' })],
    });
    assert.match(job.step('it').message, /'.*\/no' that is to be copied from does not exist/);
  });
});

const JUNIT = `<?xml version="1.0"?>
<testsuites><testsuite name="s" tests="4">
  <testcase classname="m.T" name="good" time="0.5"/>
  <testcase classname="m.T" name="bad &amp; worse" time="1"><failure message="no hush-hush">trace</failure></testcase>
  <testcase name="broken"><error/></testcase>
  <testcase name="later"><skipped message="not now"/></testcase>
</testsuite></testsuites>`;

describe('PublishTestResults@2', () => {
  const publish = (inputs: Readonly<Record<string, string>> = {}, xml = JUNIT) =>
    runTestJob({
      secrets: { pw: 'hush-hush' },
      steps: [
        scriptStep(`cat > TEST-a.xml <<'END'\n${xml}\nEND`),
        taskStep('PublishTestResults@2', inputs, { name: 'it' }),
      ],
    });

  it('reads JUnit, masked', async () => {
    const job = await publish({ testResultsFormat: 'JUnit', testRunTitle: 'unit', mergeTestResults: 'true' });
    assert.equal(job.step('it').result, 'succeeded');
    assert.deepEqual(job.tests, [
      {
        title: 'unit',
        cases: [
          { suite: 'm.T', name: 'good', outcome: 'passed', milliseconds: 500, message: '' },
          { suite: 'm.T', name: 'bad & worse', outcome: 'failed', milliseconds: 1000, message: 'no ***\ntrace' },
          { suite: 's', name: 'broken', outcome: 'failed', milliseconds: 0, message: '' },
          { suite: 's', name: 'later', outcome: 'skipped', milliseconds: 0, message: 'not now' },
        ],
      },
    ]);
  });

  it('fails on failed tests where that is asked', async () => {
    const job = await publish({ failTaskOnFailedTests: 'true' });
    assert.equal(job.step('it').message, '2 tests failed.');
    assert.equal(job.tests[0]?.title, 'JUnit_TestResults_TEST-a.xml');
  });

  it('warns when there is no file, or fails where that is asked', async () => {
    const warned = await publish({ testResultsFiles: '**/none.xml' });
    const failed = await publish({ testResultsFiles: '**/none.xml', failTaskOnMissingResultsFile: 'true' });
    assert.match(warned.issues[0]?.message ?? '', /No test result files matching '\*\*\/none.xml'/);
    assert.deepEqual([warned.step('it').result, failed.step('it').result], ['succeeded', 'failed']);
  });

  it('warns of a file that is no JUnit', async () => {
    assert.match((await publish({}, '<a>')).issues[0]?.message ?? '', /it is no XML/);
    assert.match((await publish({}, '<html/>')).issues[0]?.message ?? '', /neither a root testsuites nor testsuite/);
  });

  it('refuses other formats', async () => {
    assert.match((await publish({ testResultsFormat: 'NUnit' })).step('it').message, /format 'NUnit' cannot be read/);
  });

  it('takes a root testsuite, suites within suites and empty ones', async () => {
    const job = await publish(
      {},
      '<testsuite name="o"><testsuite name="i"><testcase name="t"/></testsuite></testsuite>',
    );
    assert.deepEqual(
      job.tests[0]?.cases.map(({ suite, name }) => [suite, name]),
      [['i', 't']],
    );
    assert.deepEqual((await publish({}, '<testsuites/>')).tests[0]?.cases, []);
  });
});

describe('PublishCodeCoverageResults@2', () => {
  it('keeps the summary as an attachment', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep('echo "<coverage/>" > coverage.xml'),
        taskStep('PublishCodeCoverageResults@2', { summaryFileLocation: '**/coverage.xml' }),
      ],
    });
    assert.deepEqual(job.calls, [['attach', 'CodeCoverageSummary', 'coverage.xml', '<coverage/>\n']]);
  });
});

describe('UsePythonVersion@0', () => {
  it('puts a Python of this machine first on the PATH', async () => {
    const job = await runTestJob({
      steps: [
        taskStep('UsePythonVersion@0', { versionSpec: '3.x' }, { name: 'py' }),
        scriptStep(
          ': 1\necho "v $(python -c \'import sys; print(sys.version_info[0])\')"; echo "at [$(py.pythonLocation)]"; echo "pip of $(which pip)"',
        ),
      ],
    });
    assert.equal(job.outcome.result, 'succeeded', job.record.steps.map(({ message }) => message).join());
    assert.ok(job.lines.includes('v 3'));
    const [, version = ''] =
      /_tool\/Python\/(3\.[\d.]+)\/x64\]$/.exec(job.lines.find((line) => line.startsWith('at [')) ?? '') ?? [];
    assert.ok(job.lines.includes(`pip of ${job.folder}/work/_tool/Python/${version}/x64/bin/pip`));
  });

  it('says what is here when the version is not', async () => {
    const job = await runTestJob({ steps: [taskStep('UsePythonVersion@0', { versionSpec: '3.3' }, { name: 'py' })] });
    assert.match(job.step('py').message, /There is no Python '3.3' on this machine. It has: 3\.\d+\.\d+ \(/);
  });

  it('says when it does not understand a version', async () => {
    const job = await runTestJob({ steps: [taskStep('UsePythonVersion@0', { versionSpec: 'pypy3' }, { name: 'py' })] });
    assert.match(job.step('py').message, /'pypy3' is none that this machine understands/);
  });
});

describe('jobs on the server', () => {
  it('wait by Delay@1', async () => {
    const clock = new AutoClock();
    const job = await runTestJob({
      on: 'server',
      steps: [taskStep('Delay@1', { delayForMinutes: '15' }, { name: 'it' })],
      options: { clock },
    });
    assert.equal(job.outcome.result, 'succeeded');
    assert.ok(clock.waits.includes(900_000));
  });

  it('refuse a wait that is none', async () => {
    const job = await runTestJob({
      on: 'server',
      steps: [taskStep('Delay@1', { delayForMinutes: 'soon' }, { name: 'it' })],
    });
    assert.match(job.step('it').message, /'soon', not a whole number/);
  });

  it('run no script', async () => {
    const job = await runTestJob({ on: 'server', steps: [scriptStep('echo x', { name: 'it' })] });
    assert.match(job.step('it').message, /CmdLine@2 at azure-pipelines.yml:7:3 needs a job with an agent pool/);
  });

  it('alone wait', async () => {
    const job = await runTestJob({ steps: [taskStep('Delay@1', {}, { name: 'it' })] });
    assert.match(job.step('it').message, /needs a job with pool: server/);
  });

  for (const [answer, onTimeout, result] of [
    ['resumed', 'reject', 'succeeded'],
    ['rejected', 'resume', 'failed'],
    ['timedOut', 'resume', 'succeeded'],
    ['timedOut', 'reject', 'failed'],
  ] as const) {
    it(`end ${result} when a manual validation with onTimeout ${onTimeout} is ${answer}`, async () => {
      const asked: unknown[] = [];
      const job = await runTestJob({
        on: 'server',
        steps: [
          taskStep(
            'ManualValidation@1',
            { approvers: 'A\nB', instructions: 'Look', onTimeout },
            { name: 'it', timeoutInMinutes: '30' },
          ),
        ],
        events: {
          manualValidation: async ({ approvers, instructions, timeoutMinutes }) => {
            asked.push(approvers, instructions, timeoutMinutes);
            return answer;
          },
        },
      });
      assert.equal(job.step('it').result, result);
      assert.deepEqual(asked, [['A', 'B'], 'Look', 30]);
    });
  }
});
