import type { JobPlan } from '../plan/pipeline-plan';
import type { JobRecord, StageRecord } from '../record/run-record';
import { deploymentInstances, type JobInstance } from './job-instances';
import type { PhaseOutcome, StageOutcome } from './outcomes';
import { isSuccess, worst } from './results';
import type { JobEnding } from './run-job';
import { plain } from './variables/variable-scope';

/** What a job that succeeded before gave, from its record. Outputs that are secret were never recorded: to a retry they are not there. */
export function carriedEnding(record: JobRecord, instance: JobInstance): JobEnding {
  return { instance, result: record.result ?? 'succeeded', outputs: recordedOutputs(record) };
}

/** A job that succeeded as a whole, so that nothing of it runs again; `undefined`: it has to run. */
export function carriedPhase(
  job: JobPlan,
  carried: readonly JobRecord[],
  former: readonly JobRecord[],
): PhaseOutcome | undefined {
  const records = carried.filter(({ phase }) => phase === job.name);
  const before = former.filter(({ phase }) => phase === job.name);
  return records.length > 0 && records.length === before.length ? phaseFromRecords(job, records) : undefined;
}

/** How an ended stage looks to those that depend on it, from its record. */
export function stageFromRecord(jobs: readonly JobPlan[], record: StageRecord, deselected: boolean): StageOutcome {
  const phases = jobs.flatMap((job) => {
    const records = record.jobs.filter(({ phase }) => phase === job.name);
    return records.length === 0 ? [] : [phaseFromRecords(job, records)];
  });
  return { name: record.name, result: record.result ?? 'skipped', deselected, phases };
}

function phaseFromRecords(job: JobPlan, records: readonly JobRecord[]): PhaseOutcome {
  return {
    name: job.name,
    result: worst(
      records.map(({ result }) => result ?? 'canceled'),
      'succeeded',
    ),
    outputs: new Map(
      records.flatMap((record) =>
        [...recordedOutputs(record)].map(([name, variable]) => [`${prefixOf(job, record)}${name}`, variable] as const),
      ),
    ),
  };
}

function prefixOf(job: JobPlan, record: JobRecord): string {
  if (job.kind === 'job') {
    return record.name === job.name ? '' : `${record.name}.`;
  }
  const { main, success, failure } = deploymentInstances(job);
  return [...main, success, failure].find((instance) => instance?.name === record.name)?.prefix ?? `${job.name}.`;
}

function recordedOutputs({ outputs }: JobRecord): JobEnding['outputs'] {
  return new Map(Object.entries(outputs).map(([name, value]) => [name, plain(value)]));
}

/**
 * Jobs of a stage that a retry keeps: those that succeeded, unless the whole stage did, for then all of it runs again. A deployment is kept
 * only as a whole.
 */
export function keptJobs(stage: StageRecord, jobs: readonly JobPlan[]): readonly JobRecord[] {
  if (isSuccess(stage.result)) {
    return [];
  }
  const isDeployment = (phase: string) => jobs.some(({ name, kind }) => name === phase && kind === 'deployment');
  const wholly = (phase: string) =>
    stage.jobs.filter((job) => job.phase === phase).every(({ result }) => isSuccess(result));
  return stage.jobs.filter(({ result, phase }) => isSuccess(result) && (!isDeployment(phase) || wholly(phase)));
}
