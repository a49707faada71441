import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEMO_USAGE, readDemoOptions } from '../../../../local/demo/demo-options';

describe('options of the demo', () => {
  it('are --quick and --help', () => {
    assert.deepEqual(readDemoOptions([]), { quick: false, help: false });
    assert.deepEqual(readDemoOptions(['--quick']), { quick: true, help: false });
    assert.deepEqual(readDemoOptions(['-h']), { quick: false, help: true });
  });

  it('are checked before the reports of the demo before are deleted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-options-'));
    try {
      const report = join(folder, '.mlops', 'demo', 'report.json');
      mkdirSync(join(report, '..'), { recursive: true });
      writeFileSync(report, 'former');
      const tsx = resolve('node_modules', 'tsx', 'dist', 'cli.mjs');
      const demo = (...args: string[]) =>
        spawnSync(process.execPath, [tsx, resolve('local', 'demo', 'demo.ts'), ...args], {
          cwd: folder,
          encoding: 'utf8',
        });
      for (const args of [['--fast'], ['quick'], ['--quick', '--port=1']]) {
        const { status, stderr, stdout } = demo(...args);
        assert.deepEqual([status, stdout], [2, ''], stderr);
        assert.ok(stderr.includes(DEMO_USAGE), stderr);
      }
      const help = demo('--help');
      assert.deepEqual([help.status, help.stdout, help.stderr], [0, DEMO_USAGE, '']);
      assert.equal(readFileSync(report, 'utf8'), 'former');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
