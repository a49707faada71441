import { integerId } from '../../../src/json';
import { presentRound } from './run-rounds';
import { roundState, runState } from './run-wire';
import type { Round, Run } from './types';

/** `repair_history` of a run: the original round first, then its repairs, each with the task runs that belong to it. */
export function repairHistory(run: Run): readonly Record<string, unknown>[] {
  const former = run.rounds ?? [];
  return [...former, presentRound(run)].map((round, index) => ({
    ...(round.repair === undefined ? { type: 'ORIGINAL' } : { type: 'REPAIR', id: integerId(round.repair) }),
    start_time: round.startTime,
    end_time: round.endTime ?? 0,
    ...(index < former.length ? roundState(round) : runState(run)),
    task_run_ids: taskRuns(run, round),
  }));
}

function taskRuns(run: Run, round: Round): readonly unknown[] {
  return run.tasks
    .flatMap((task) => task.attempts)
    .filter((attempt) => attempt.repair === round.repair)
    .map((attempt) => integerId(attempt.runId));
}
