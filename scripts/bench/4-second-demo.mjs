import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../project.mjs';

export const title = 'A second demo (environment cached), beside 90 s';

/** Wall time of the shortest demo; printed, not asserted: it depends on the machine. Steps that a person sees are counted. */
export async function measure({ line }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-demo-'));
  try {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'demo.js'), '--quick'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const seconds = (performance.now() - begun) / 1000;
    if (status !== 0) {
      throw new Error(`the demo failed:\n${stdout}\n${stderr}`);
    }
    line(
      'the demo of one release',
      Number(seconds.toFixed(1)),
      's',
      undefined,
      '(90 s is what a newcomer should have to wait at most)',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
