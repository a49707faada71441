import { randomBytes } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, objectList, optionalInteger, optionalObject, optionalText, requiredText } from '../fields';
import { trackingOf } from '../mlflow/tracking';
import type { Experiment, Metric, Run } from '../mlflow/types';
import type { Tokens } from '../tokens';
import { seedControlPath } from './control-path';
import { natural, refuseTooMany } from './counts';

/** Finished MLflow runs in numbers, each with the metric `index` (0, 1, …) and the parameter `parity`: for clients that search and page. */
export function seedTrackingRuns(tokens: Tokens): Operation {
  return seedControlPath(
    '/local/seed/experiments',
    '`experiments[]` (`experiment_id` of an existing one, `runs` with `count`, `start_time`, `interval_ms`, `duration_ms`, `name`) as finished MLflow runs, each with metric `index` and parameter `parity`',
    tokens,
    seed,
  );
}

async function seed(call: Call): Promise<Reply> {
  const tracking = trackingOf(call.workspace);
  const now = call.workspace.clock.now();
  const seeds = objectList(await call.json(), 'experiments').map((fields) => readSeed(fields, now));
  const total = seeds.reduce((sum, { count }) => sum + count, 0);
  refuseTooMany(total, 'runs');
  tracking.store.transaction(() => {
    for (const one of seeds) {
      const experiment = tracking.experiment(one.experimentId);
      if (experiment.lifecycle_stage !== 'active') {
        throw new ApiError(400, 'INVALID_STATE', `The experiment ${one.experimentId} is deleted.`);
      }
      for (let index = 0; index < one.count; index += 1) {
        const run = finishedRun(call, experiment, one, index);
        tracking.runs.put(run.info.run_id, run);
      }
    }
  });
  return { json: { runs: total } };
}

interface Seed {
  readonly experimentId: string;
  readonly count: number;
  readonly name: string;
  /** Of the first run; milliseconds since the epoch. */
  readonly startTime: number;
  readonly interval: number;
  readonly duration: number;
}

function readSeed(fields: Fields, now: number): Seed {
  const runs = optionalObject(fields, 'runs') ?? {};
  const count = natural(runs, 'count', 0);
  const interval = natural(runs, 'interval_ms', 1000);
  return {
    experimentId: requiredText(fields, 'experiment_id'),
    count,
    name: optionalText(runs, 'name') ?? 'seeded',
    startTime: optionalInteger(runs, 'start_time') ?? now - count * interval,
    interval,
    duration: natural(runs, 'duration_ms', 1000),
  };
}

function finishedRun(call: Call, experiment: Experiment, seed: Seed, index: number): Run {
  const runId = randomBytes(16).toString('hex');
  const name = `${seed.name}-${index}`;
  const start = seed.startTime + index * seed.interval;
  const metric: Metric = { key: 'index', value: index, timestamp: start, step: 0 };
  return {
    info: {
      run_id: runId,
      run_uuid: runId,
      run_name: name,
      experiment_id: experiment.experiment_id,
      user_id: call.principal.userName,
      status: 'FINISHED',
      start_time: start,
      end_time: start + seed.duration,
      artifact_uri: `${experiment.artifact_location}/${runId}/artifacts`,
      lifecycle_stage: 'active',
    },
    data: {
      metrics: [metric],
      params: [{ key: 'parity', value: index % 2 === 0 ? 'even' : 'odd' }],
      tags: [{ key: 'mlflow.runName', value: name }],
    },
    inputs: { dataset_inputs: [], model_inputs: [] },
    outputs: { model_outputs: [] },
  };
}
