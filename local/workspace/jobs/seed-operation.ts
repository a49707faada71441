import { integerId } from '../../../src/json';
import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, objectList, optionalInteger, optionalObject, optionalText } from '../fields';
import { seedControlPath } from '../seed/control-path';
import { natural, refuseTooMany } from '../seed/counts';
import type { Tokens } from '../tokens';
import type { JobParts } from './job-parts';
import { jobSettings } from './job-settings';
import { jobParameterValues, queuedRun } from './new-run';
import { advance } from './run-machine';
import { type Job, latest, type Run } from './types';

const PATH = '/local/seed/jobs';

/** Jobs and ended runs in numbers, without a process: for clients that are tried on full lists. */
export function seedOperation(parts: JobParts, tokens: Tokens): Operation {
  return seedControlPath(
    PATH,
    '`jobs[]` (`settings`, `count`, `runs` with `count`, `outcome`, `start_time`, `interval_ms`, `duration_ms`) as jobs with ended runs, without processes',
    tokens,
    (call) => seed(parts, call),
  );
}

async function seed(parts: JobParts, call: Call): Promise<Reply> {
  const seeds = objectList(await call.json(), 'jobs').map(readSeed);
  const total = seeds.reduce((sum, { count, runs }) => sum + count * (1 + runs.count), 0);
  refuseTooMany(total, 'jobs and runs');
  const jobIds = parts.workspace.store.transaction(() =>
    seeds.flatMap((one) => Array.from({ length: one.count }, (_, index) => seedJob(parts, call, one, index))),
  );
  return { json: { job_ids: jobIds.map(integerId), runs: total - jobIds.length } };
}

interface Seed {
  readonly settings: Fields;
  readonly count: number;
  readonly runs: {
    readonly count: number;
    readonly outcome: 'SUCCESS' | 'FAILED';
    /** Of the first run; milliseconds since the epoch. */
    readonly startTime: number | undefined;
    readonly interval: number;
    readonly duration: number;
  };
}

function readSeed(fields: Fields): Seed {
  const runs = optionalObject(fields, 'runs') ?? {};
  const outcome = optionalText(runs, 'outcome') ?? 'SUCCESS';
  if (outcome !== 'SUCCESS' && outcome !== 'FAILED') {
    throw invalid(`The outcome of seeded runs is SUCCESS or FAILED, not '${outcome}'.`);
  }
  return {
    settings: optionalObject(fields, 'settings') ?? {},
    count: natural(fields, 'count', 1),
    runs: {
      count: natural(runs, 'count', 0),
      outcome,
      startTime: optionalInteger(runs, 'start_time'),
      interval: natural(runs, 'interval_ms', 1000),
      duration: natural(runs, 'duration_ms', 1000),
    },
  };
}

function seedJob(
  { workspace, jobs, runs }: JobParts,
  call: Call,
  { settings, count, runs: wanted }: Seed,
  index: number,
) {
  const name = optionalText(settings, 'name') ?? 'seeded';
  const now = workspace.clock.now();
  const job: Job = {
    jobId: runs.newId(),
    creator: call.principal.userName,
    createdTime: now,
    settings: jobSettings(count === 1 ? settings : { ...settings, name: `${name} ${index + 1}` }),
  };
  jobs.put(job);
  const first = wanted.startTime ?? now - wanted.count * wanted.interval;
  for (let number = 0; number < wanted.count; number += 1) {
    const start = first + number * wanted.interval;
    const created = queuedRun(runs, start, {
      jobId: job.jobId,
      type: 'JOB_RUN',
      name: job.settings.name ?? name,
      creator: call.principal,
      settings: job.settings,
      jobParameters: jobParameterValues(job.settings, {}),
      overriding: {},
      tasks: job.settings.tasks ?? [],
    });
    runs.put(endedRun(created, start, wanted));
  }
  return job.jobId;
}

/** Every task that comes to its turn ends as wanted, by the state machine of real runs. */
function endedRun(created: Run, start: number, { outcome, duration }: Seed['runs']): Run {
  let run = advance(created, { type: 'dequeued' }, start);
  while (run.phase !== 'ENDED') {
    const attempt = run.tasks.map(latest).find(({ phase }) => phase === 'PENDING')?.runId;
    if (attempt === undefined) {
      throw invalid('A seeded job must have no retries, so that its runs can end.');
    }
    run = advance(run, { type: 'begun', attempt }, start);
    run = advance(
      run,
      { type: 'ended', attempt, outcome, ...(outcome === 'FAILED' ? { message: 'Seeded failure.' } : {}) },
      start + duration,
    );
  }
  return run;
}
