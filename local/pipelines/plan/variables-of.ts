import type { PipelinePlan, VariablePlan } from './pipeline-plan';

/** Every variable and group that a plan names: of the pipeline, its stages and their jobs. */
export function variablesOf(plan: PipelinePlan): readonly VariablePlan[] {
  return [
    ...plan.variables,
    ...plan.stages.flatMap((stage) => [...stage.variables, ...stage.jobs.flatMap(({ variables }) => variables)]),
  ];
}
