import type { Variable } from '../../agent/job-request';
import { IMPLICIT_STAGE } from '../../expand/normal-form/pipeline';
import type { JobPlan, StagePlan } from '../../plan/pipeline-plan';
import type { JobRecord, RunRecord, StageRecord } from '../../record/run-record';
import type { JobInstance } from '../job-instances';
import { idFor } from '../run-ids';
import { predefined, type StageVariable } from './variable-scope';

/** Predefined variables of a stage. Source: the page on predefined variables; `System.StageId` and `System.PhaseId`: environments of public logs. */
export function stageVariables(record: RunRecord, stage: StageRecord): readonly (readonly [string, Variable])[] {
  const texts: Readonly<Record<StageVariable, string>> = {
    'System.PlanId': record.planId,
    'System.TimelineId': record.timelineId,
    'System.StageName': stage.name,
    'System.StageDisplayName': stage.displayName,
    'System.StageAttempt': String(stage.attempt),
    'System.StageId': stage.id,
  };
  return predefinedOf(texts);
}

/** Which of how many a job is among the legs or slices. */
export interface Position {
  /** From 1. */
  readonly position: number;
  readonly total: number;
}

/** Predefined variables of a job; an implicit stage is no part of the identifier. */
export function jobVariables(
  run: { readonly record: RunRecord; readonly stage: StageRecord },
  plan: { readonly stage: StagePlan; readonly job: JobPlan },
  job: JobRecord,
  instance: JobInstance,
  { position, total }: Position,
): readonly (readonly [string, Variable])[] {
  const stage = plan.stage.name === IMPLICIT_STAGE ? [] : [plan.stage.name];
  return predefinedOf({
    'System.PhaseName': plan.job.name,
    'System.PhaseDisplayName': plan.job.displayName,
    'System.PhaseAttempt': String(job.attempt),
    'System.PhaseId': idFor(run.record.planId, 'phase', run.stage.name, plan.job.name, run.stage.attempt),
    'System.JobName': instance.systemName,
    'System.JobDisplayName': instance.displayName,
    'System.JobAttempt': String(job.attempt),
    'System.JobId': job.id,
    'System.JobIdentifier': [...stage, plan.job.name, instance.systemName].join('.'),
    'System.JobPositionInPhase': String(position),
    'System.TotalJobsInPhase': String(total),
  });
}

/** Predefined variables of a deployment job. */
export function environmentVariables(
  name: string,
  id: string,
  resource: string | undefined,
): readonly (readonly [string, Variable])[] {
  return predefinedOf({
    'Environment.Name': name,
    'Environment.Id': id,
    ...(resource === undefined ? {} : { 'Environment.ResourceName': resource }),
  });
}

function predefinedOf(texts: Readonly<Record<string, string>>): readonly (readonly [string, Variable])[] {
  return Object.entries(texts).map(([name, value]) => [name, predefined(value)] as const);
}
