import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSources } from '../bundle-sources.mjs';
import { attachedStep } from '../following/attached-step.mjs';
import { runSeenActive } from '../following/run-seen-active.mjs';
import { seededRun, withWorkspace } from '../following/seeded-workspace.mjs';

const TASKS = 1_000;
/** Looks at which the run of many tasks still appears active. */
const ACTIVE_LOOKS = 15;
const MOST_MEGABYTES = 150;
/** Milliseconds that one look takes in the simulation. */
const LOOK_MS = 120;
/** Lengths of runs in seconds, and the most looks beside the SDK's waiter: ours sees the end of short runs sooner, and asks more for it. */
const LENGTHS = [
  [10, 4],
  [60, 5],
  [600, 4.5],
  [3_600, 1.5],
  [36_000, 0.6],
];
const ENDS = 50;

export const title =
  'Following a run (virtual clock, beside the waiter of the Databricks SDK for Python; then 1 000 tasks)';

/** How late the end is seen, as a share of 2 s or 1 % of the length; looks, beside the SDK's; memory of the built task. */
export async function measure({ line, quick }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-following-'));
  try {
    const { follow, sdkDelay } = await bundleSources(
      folder,
      "export { follow } from './src/workflow/follow'; export { sdkDelay } from './tests/support/sdk-waiter';",
    );
    for (const [seconds, mostLooks] of LENGTHS) {
      const ends = Array.from({ length: ENDS }, (_, at) => seconds * 1_000 * (1 + at / ENDS / 10));
      const ours = await Promise.all(ends.map((end) => followed(follow, end)));
      const theirs = ends.map((end) => waited(sdkDelay, end));
      const share = Math.max(...ours.map(({ late }, at) => late / Math.max(2_000, ends[at] / 100)));
      const name = seconds < 60 ? `${seconds} s` : seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
      const note = `${text(ours)} beside ${text(theirs)}`;
      line(`a run of ${name}: end seen, worst of ${ENDS}`, round(share), '× of 2 s or 1 %', 1, note);
      line(
        `a run of ${name}: looks`,
        round(mean(ours, 'looks') / mean(theirs, 'looks')),
        '× those of the SDK',
        mostLooks,
      );
    }
    const { megabytes, looks, requests } = await manyTasks(folder, quick ? 5 : ACTIVE_LOOKS);
    line(
      `a run of ${TASKS} tasks: peak memory`,
      megabytes,
      'MB',
      MOST_MEGABYTES,
      `${looks} looks, ${requests} requests`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function followed(follow, end) {
  let now = 0;
  let looks = 0;
  const clock = {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  await follow({
    read: async () => {
      // What a look shows is as old as the request, at worst.
      const ended = now >= end;
      now += LOOK_MS;
      looks += 1;
      return ended;
    },
    see: (ended) => ({ ended, label: 'RUNNING', lines: [] }),
    clock,
    signal: new AbortController().signal,
    limitMs: 0,
    say: () => undefined,
  });
  return { late: now - end, looks };
}

function waited(sdkDelay, end) {
  let now = 0;
  let looks = 1;
  for (; now < end; looks += 1) {
    now += LOOK_MS + sdkDelay(looks, 0.5);
  }
  return { late: now + LOOK_MS - end, looks };
}

function mean(results, member) {
  return results.reduce((sum, result) => sum + result[member], 0) / results.length;
}

function text(results) {
  const late = Math.max(...results.map((result) => result.late)) / 1_000;
  return `${late.toFixed(1)} s late with ${Math.round(mean(results, 'looks'))} looks`;
}

function round(value) {
  return Number(value.toFixed(2));
}

/** The built task attaches to a seeded run, which a proxy shows as active for some looks. */
function manyTasks(folder, activeLooks) {
  return withWorkspace(folder, async (workspace) => {
    const runId = await seededRun(workspace, TASKS);
    const proxy = await runSeenActive(workspace.url, runId, (look) => look <= activeLooks);
    try {
      const megabytes = await attachedStep(folder, { ...workspace, url: proxy.url }, runId);
      return { megabytes, looks: proxy.looks(), requests: proxy.requests() };
    } finally {
      proxy.close();
    }
  });
}
