import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachedStep } from '../following/attached-step.mjs';
import { runSeenActive } from '../following/run-seen-active.mjs';
import { readySdkWaiter } from '../following/sdk-waiter.mjs';
import { seededRun, withWorkspace } from '../following/seeded-workspace.mjs';

const RUN_MS = 20_000;
/** A step asks for more than states: who it is, the run's last outputs, the last run of the same job. */
const MOST_REQUESTS = 5;

export const title =
  'One real run of 20 s, followed by the built task and by the waiter of the Databricks SDK for Python';

/** All requests that each sends until it has seen the end, both at the same time. */
export async function measure({ line }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-same-run-'));
  try {
    const { ours, theirs } = await withWorkspace(folder, (workspace) => bothFollow(folder, workspace));
    line(
      'requests of the whole step',
      Number((ours / theirs).toFixed(2)),
      '× those of the SDK',
      MOST_REQUESTS,
      `${ours} beside ${theirs}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bothFollow(folder, workspace) {
  const runId = await seededRun(workspace, 1);
  let end = Number.POSITIVE_INFINITY;
  const isActive = () => Date.now() < end;
  const proxies = await Promise.all([1, 2].map(() => runSeenActive(workspace.url, runId, isActive)));
  const [before, beside] = proxies;
  try {
    const waiter = await readySdkWaiter(folder, { ...workspace, url: beside.url }, runId);
    end = Date.now() + RUN_MS;
    await Promise.all([attachedStep(folder, { ...workspace, url: before.url }, runId), waiter.wait()]);
    return { ours: before.requests(), theirs: beside.requests() };
  } finally {
    for (const proxy of proxies) {
      proxy.close();
    }
  }
}
