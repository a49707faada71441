import type { Attempt, Round, Run, TaskSpec } from './types';

/** What a repair runs again, and with what. */
export interface Repair {
  readonly id: string;
  /** The tasks, each with the run id of its new attempt and what is declared for it now. */
  readonly tasks: readonly { readonly runId: string; readonly spec: TaskSpec }[];
  /** What the repair gives anew. */
  readonly changes: Partial<Pick<Run, 'settings' | 'jobParameters' | 'overriding' | 'runAs'>>;
}

/** The present round of a run. */
export function presentRound(run: Run): Round {
  const { stop, outcome, message, endTime, repair } = run;
  const begunTime = repair === undefined ? run.begunTime : repair.begunTime;
  return {
    ...(repair === undefined ? {} : { repair: repair.id }),
    startTime: repair?.startTime ?? run.startTime,
    ...(begunTime === undefined ? {} : { begunTime }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(stop === undefined ? {} : { stop }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(message === undefined ? {} : { message }),
  };
}

/** The run waits in the queue again, as after its start; what is not repaired stays as it ended. */
export function repaired(run: Run, { id, tasks, changes }: Repair, now: number): Run {
  const { stop: _stop, lost: _lost, outcome: _outcome, message: _message, endTime: _end, ...rest } = run;
  return {
    ...rest,
    ...changes,
    phase: 'QUEUED',
    rounds: [...(run.rounds ?? []), presentRound(run)],
    repair: { id, startTime: now },
    tasks: run.tasks.map((task) => {
      const again = tasks.find(({ spec }) => spec.task_key === task.spec.task_key);
      if (again === undefined) {
        return task;
      }
      const attempt: Attempt = {
        runId: again.runId,
        number: task.attempts.length,
        phase: 'BLOCKED',
        startTime: now,
        repair: id,
      };
      return { ...task, spec: again.spec, attempts: [...task.attempts, attempt] };
    }),
  };
}
