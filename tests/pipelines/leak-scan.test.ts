import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const SUPPORT = join(ROOT, 'tests', 'support');

/** Tests of a suite that shows a secret, one way each: what goes on in it, by its title. */
const LEAKING: Readonly<Record<string, string>> = {
  'a line of a task': "host.writeLine('token ' + secret);",
  'a line that holds a part': "host.writeLine('token ' + secret.slice(3, 15) + ' … (cut)');",
  'a line in two writes': 'host.writeLine(secret.slice(0, 14)); host.writeLine(secret.slice(14));',
  'an error of a task': "host.issue('error', encodeURIComponent(secret));",
  'an output of a task': "host.setOutput('x', Buffer.from('user:' + secret).toString('base64'));",
  'a file of a task': `
    const folder = join(host.variable('Agent.TempDirectory') ?? '', 'databricks-mlops', 'Task');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'record.json'), JSON.stringify({ secret }));`,
  'a file of a run': `
    const folder = new CommandFolder({ '.mlops/runs/1/logs/a.log': JSON.stringify({ secret }) });
    folder.remove();`,
  'a command': 'await new CommandFolder({}).start(secret).end;',
  'a token that a process made': "await new CommandFolder({}).start('dapi' + '0123456789abcdef'.repeat(2)).end;",
  'a script of a job': "await runTestJob({ steps: [scriptStep('echo ' + secret.slice(0, 13))] });",
  'a row of data': 'host.writeLine(ROW_CANARY);',
};
const SECRET = 's3cr/t+"4711"-of-a-person';

describe('the scan for secrets at the end of a suite', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'leaking-suite-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a suite of these tests as `npm test` does, in a process of its own. */
  function suiteOf(tests: Readonly<Record<string, string>>) {
    const file = join(folder, 'suite.test.ts');
    writeFileSync(file, suiteText(tests));
    const mocha = [join(ROOT, 'node_modules/mocha/bin/mocha.js'), '--timeout', '60000', file];
    return spawnSync(process.execPath, mocha, { cwd: ROOT, encoding: 'utf8' });
  }

  it('turns a green suite red, and names each test that showed one and where', () => {
    const { status, stdout } = suiteOf(LEAKING);
    assert.notEqual(status, 0, stdout);
    assert.match(stdout, new RegExp(`${Object.keys(LEAKING).length} passing`));
    for (const title of Object.keys(LEAKING)) {
      assert.ok(stdout.includes(`in 'suite ${title}'`), `${title}\n${stdout}`);
    }
    assert.ok(!stdout.includes(SECRET), 'the scan itself shows the secret');
  });

  it('leaves a suite green that shows none', () => {
    const { status, stdout } = suiteOf({ 'a masked line': "host.writeLine('token *** refused');" });
    assert.equal(status, 0, stdout);
  });
});

function suiteText(tests: Readonly<Record<string, string>>): string {
  const from = (file: string) => JSON.stringify(join(SUPPORT, file));
  return `
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTestJob, scriptStep } from ${from('agent-job')};
import { mustNotAppear, ROW_CANARY } from ${from('captured-output')};
import { CommandFolder } from ${from('command-process')};
import { FakeHost } from ${from('fake-host')};

const secret = mustNotAppear(${JSON.stringify(SECRET)});

describe('suite', () => {
${Object.entries(tests)
  .map(([title, body]) => testText(title, body))
  .join('\n')}
});
`;
}

function testText(title: string, body: string): string {
  return `  it(${JSON.stringify(title)}, async () => {
    const host = new FakeHost();
    ${body}
    host.complete('Succeeded', '');
  });`;
}
