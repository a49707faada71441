import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OutputFiles } from '../../../src/agent/output-files';
import { createTerminalFolder, createTerminalHost } from '../../../src/agent/terminal-host';

describe('the terminal host', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'terminal-host-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function printed(
    json: boolean,
    outputs: Record<string, string>,
    secrets: readonly string[] = [],
    host = createTerminalHost({ inputs: new Map(), folder, json, color: false, debug: false }),
  ): string {
    for (const secret of secrets) {
      host.maskSecret(secret);
    }
    for (const [name, value] of Object.entries(outputs)) {
      host.setOutput(name, value);
    }
    const write = process.stdout.write;
    let text = '';
    process.stdout.write = ((chunk: string) => {
      text += chunk;
      return true;
    }) as typeof write;
    try {
      host.complete('Succeeded', 'done');
    } finally {
      process.stdout.write = write;
    }
    return text;
  }

  it('lists outputs without what a terminal would obey and without secrets', () => {
    const text = printed(false, { runUrl: 'https://w/\u001B[2J\u001B]0;title\u0007#1\rx', key: 'a-s3cr3t', none: '' }, [
      's3cr3t',
    ]);
    assert.equal(text, '  runUrl               https://w/#1␦x\n  key                  a-***\n');
  });

  it('lists files at the end, as a person would type them in the working folder', () => {
    const below = join(process.cwd(), '.mlops', 'tasks', 'one', 'outputs.json');
    const elsewhere = join(folder, 'report.json');
    const host = createTerminalHost({ inputs: new Map(), folder, json: false, color: false, debug: false });
    host.uploadSummary(join(process.cwd(), '.mlops', 'tasks', 'one', 'summary.md'));
    const text = printed(false, { outputsPath: below, reportPath: elsewhere, runUrl: below }, [], host);
    assert.equal(
      text,
      [
        `  outputsPath          ${join('.mlops', 'tasks', 'one', 'outputs.json')}`,
        `  reportPath           ${elsewhere}`,
        `  runUrl               ${below}`,
        `  summary              ${join('.mlops', 'tasks', 'one', 'summary.md')}`,
        '',
      ].join('\n'),
    );
  });

  it('has the files of a run in the folder of the run itself', () => {
    const host = createTerminalHost({ inputs: new Map(), folder, json: false, color: false, debug: false });
    const files = new OutputFiles(host, 'DatabricksRunWorkflow');
    files.clear();
    assert.ok(existsSync(folder), 'it is reserved for this run');
    assert.equal(files.write('summary.md', 'text'), join(folder, 'summary.md'));
  });

  it('writes outputs as they are into JSON, escaped, without secrets', () => {
    const text = printed(true, { url: 'a\u001B[2J', key: 's3cr3t', name: '##vso[task.complete]' }, ['s3cr3t']);
    assert.ok(!text.includes('\u001B'));
    assert.ok(!text.includes('##vso['));
    assert.deepEqual(JSON.parse(text), {
      result: 'Succeeded',
      message: 'done',
      outputs: { url: 'a\u001B[2J', key: '***', name: '##vso[task.complete]' },
    });
  });

  it('gives each run a folder of its own, two in the same second too', () => {
    const made = [0, 1, 2].map((milliseconds) =>
      createTerminalFolder(folder, 'DatabricksEvaluateModel', Date.UTC(2026, 0, 2, 3, 4, 5, milliseconds)),
    );
    assert.deepEqual(
      made,
      ['', '-2', '-3'].map((more) =>
        join(folder, '.mlops', 'tasks', `20260102T030405Z-DatabricksEvaluateModel${more}`),
      ),
    );
  });

  for (const first of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`cancels at ${first}, and ends at once at the signal after it`, async () => {
      const sources = JSON.stringify(require.resolve('../../../src/agent/terminal-host'));
      const text = `
        const host = require(${sources}).createTerminalHost({ inputs: new Map(), folder: ${JSON.stringify(folder)}, json: false, color: false, debug: false });
        host.onCancel(() => console.log('canceled'));
        setInterval(() => {}, 60_000);
        console.log('ready');`;
      const child = spawn(process.execPath, ['--import', 'tsx', '--eval', text], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        const ended = once(child, 'exit');
        const lines = createInterface({ input: child.stdout });
        for await (const line of lines) {
          child.kill(line === 'ready' ? first : 'SIGINT');
        }
        assert.deepEqual(await ended, [130, null]);
      } finally {
        child.kill('SIGKILL');
      }
    }).timeout(30_000);
  }
});
