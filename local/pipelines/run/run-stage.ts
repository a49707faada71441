import { hasMacro } from '../agent/macros';
import { ExpandError } from '../expand/expand-error';
import type { MappingNode } from '../expand/nodes';
import type { StagePlan } from '../plan/pipeline-plan';
import type { JobRecord, Result, StageRecord } from '../record/run-record';
import { passChecks } from './checks/pass-checks';
import { phasesContext, stageDependenciesContext, stagesContext } from './expressions/dependency-contexts';
import { holdsAtRuntime } from './expressions/evaluate-at-runtime';
import { statusFunctions } from './expressions/status-functions';
import { worldOf } from './expressions/world';
import type { PhaseOutcome, StageOutcome } from './outcomes';
import { worst } from './results';
import { dependenciesOf, runGraph } from './run-graph';
import { runPhase, type StageInProgress, secretsOf } from './run-phase';
import { begin, end, isCanceled, isDeselected, type Run } from './run-state';
import { withAllVariables, withStaticVariables } from './variables/evaluate-variables';
import { stageVariables } from './variables/job-level-variables';
import { expandText, type VariableScope, withVariables } from './variables/variable-scope';

/** A stage that may start, as its dependencies have ended. */
export interface StageToRun {
  readonly plan: StagePlan;
  readonly record: StageRecord;
  readonly carried: readonly JobRecord[];
  /** Jobs of all former attempts. */
  readonly former: readonly JobRecord[];
  /** Jobs of the attempt before. */
  readonly before: readonly JobRecord[];
  /** A stage with `trigger: manual` runs only when it was asked for by its name. */
  readonly asked: boolean;
}

/** Runs a stage, or says why not: deselected, by hand, condition, checks, then its jobs. @returns `left` where an approval stays pending */
export async function runStage(run: Run, stage: StageToRun): Promise<'ended' | 'left'> {
  const { plan, record } = stage;
  const close = (result: Result, note: string | undefined, phases: readonly PhaseOutcome[] = []): 'ended' => {
    record.note = note;
    end(run, record, result);
    run.ended.set(plan.name, { name: plan.name, result, deselected: isDeselected(run, plan), phases });
    run.request.events.stageChanged(record);
    run.request.events.changed();
    return 'ended';
  };
  if (isDeselected(run, plan)) {
    return close('skipped', 'It was deselected when the run was queued.');
  }
  if (plan.trigger === 'manual' && !stage.asked) {
    return close('skipped', 'It waits to be started by hand: ask for it by a retry.');
  }
  try {
    const outer = withVariables(run.variables, stageVariables(run.record, record));
    if (!conditionHolds(run, plan, outer)) {
      return close('skipped', `Its condition does not hold${isCanceled(run) ? ', as the run was cancelled' : ''}.`);
    }
    const direct = directOf(run, plan);
    const dependencies = new Map<string, MappingNode>([
      ['dependencies', stagesContext(direct, plan.at)],
      ['stagedependencies', stageDependenciesContext(direct, plan.at)],
    ]);
    const secrets = direct.flatMap(({ phases }) => phases.flatMap(({ outputs }) => secretsOf(outputs)));
    const knowledge = { request: run.request, dependencies, at: plan.at };
    const variables = withAllVariables(outer, plan.variables, knowledge, secrets);
    const checks = await passChecks(
      run,
      record,
      environmentsOf(plan, variables),
      plan.lockBehavior ?? run.plan.lockBehavior ?? 'runLatest',
      stage.asked,
    );
    if (checks.kind === 'left') {
      record.note = 'It waits for an approval.';
      run.request.events.stageChanged(record);
      return 'left';
    }
    if (checks.kind !== 'passed') {
      return close(checks.kind, checks.note);
    }
    try {
      const phases = await runJobs({
        run,
        plan,
        record,
        variables,
        carried: stage.carried,
        former: stage.former,
        before: stage.before,
        stageDependencies: dependencies,
        secrets: () => secrets,
      });
      return close(
        worst(
          phases.map(({ result }) => result),
          'succeeded',
        ),
        undefined,
        phases,
      );
    } finally {
      checks.release();
    }
  } catch (error) {
    if (error instanceof ExpandError) {
      return close('failed', error.sentences);
    }
    close('failed', String(error));
    throw error;
  }
}

function directOf(run: Run, { dependsOn }: StagePlan): readonly StageOutcome[] {
  return dependsOn.map((name) => run.ended.get(name)).filter((outcome) => outcome !== undefined);
}

/**
 * `stageDependencies` is not known in a condition of a stage, there `dependencies` has the outputs. [U] that a deselected stage counts for no
 * status function: a run that is queued with only a later stage runs it (azure-devops-docs #12846).
 */
function conditionHolds(run: Run, plan: StagePlan, outer: VariableScope): boolean {
  const before = dependenciesOf(plan, run.plan.stages)
    .map(({ name }) => run.ended.get(name))
    .filter((outcome) => outcome !== undefined)
    .filter(({ deselected }) => !deselected);
  const world = worldOf({
    request: run.request,
    variables: withStaticVariables(outer, plan.variables, run.request),
    dependencies: new Map([['dependencies', stagesContext(directOf(run, plan), plan.at)]]),
    functions: statusFunctions({ dependencies: before, canceled: isCanceled(run) }),
    at: plan.at,
  });
  return holdsAtRuntime(plan.condition ?? 'succeeded()', 'condition', world, plan.at);
}

/** Environments of its deployment jobs, each once. @throws ExpandError PIPELINE_RUN for a name that is not known before the stage */
function environmentsOf(plan: StagePlan, variables: VariableScope): readonly string[] {
  const names = plan.jobs.flatMap((job) => {
    if (job.kind !== 'deployment') {
      return [];
    }
    const name = expandText(job.environment, variables);
    if (hasMacro(name)) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `The environment '${name}' of job '${job.name}' has no name before the stage starts.`,
        job.at,
        'Use variables of the root or the stage: checks are passed before a job has any of its own.',
      );
    }
    return [name];
  });
  return names.filter(
    (name, index) => names.findIndex((other) => other.toUpperCase() === name.toUpperCase()) === index,
  );
}

async function runJobs(stage: StageInProgress): Promise<readonly PhaseOutcome[]> {
  const { run, plan, record } = stage;
  begin(run, record);
  record.note = undefined;
  run.request.events.stageChanged(record);
  run.request.events.changed();
  const ended = new Map<string, PhaseOutcome>();
  const outcomes = (names: readonly string[]) =>
    names.map((name) => ended.get(name)).filter((outcome) => outcome !== undefined);
  await runGraph(plan.jobs, async (job) => {
    const direct = outcomes(job.dependsOn);
    const dependencies = new Map(stage.stageDependencies).set('dependencies', phasesContext(direct, job.at));
    const all = outcomes(dependenciesOf(job, plan.jobs).map(({ name }) => name));
    ended.set(job.name, await runPhase(stage, job, { direct, all }, dependencies));
    return 'ended';
  });
  return outcomes(plan.jobs.map(({ name }) => name));
}
