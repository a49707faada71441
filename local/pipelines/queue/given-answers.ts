import { didYouMean } from '../../../src/nearest-name';
import type { PipelinePlan } from '../plan/pipeline-plan';
import type { Environments } from '../settings/environments';
import { CannotRun } from './cannot-run';

/** An answer to approvals that is given before they are asked for. */
export interface GivenAnswer {
  readonly kind: 'approved' | 'rejected' | 'bypassed';
  readonly by: string;
}

/** By environment in lower case; all of one environment are of one kind. */
export type GivenAnswers = ReadonlyMap<string, readonly GivenAnswer[]>;

/**
 * Refuses answers that nothing will ask for: a misspelt name would be found when the run waits, after everything else has run.
 * @throws CannotRun
 */
export function checkAnswers(plan: PipelinePlan, answers: GivenAnswers, environments: Environments): void {
  const problems = [...answers].flatMap(([environment, given]) =>
    problemsOf(environment, given, environmentsOf(plan), environments),
  );
  if (problems.length > 0) {
    throw new CannotRun(problems.join('\n'));
  }
}

function problemsOf(
  environment: string,
  given: readonly GivenAnswer[],
  inPlan: readonly string[],
  environments: Environments,
): readonly string[] {
  const name = inPlan.find((known) => known.toLowerCase() === environment);
  // A name with a macro is known when its stage is reached, and may be any.
  if (name === undefined && !inPlan.some((known) => known.includes('$('))) {
    const known = inPlan.length === 0 ? 'It has none.' : `It has: ${inPlan.join(', ')}.`;
    return [
      `The run has no environment '${environment}' to answer for. ${didYouMean(environment, inPlan)} ${known}`.replace(
        '  ',
        ' ',
      ),
    ];
  }
  const { approvals } = environments.checks(name ?? environment);
  if (approvals.length === 0) {
    return [];
  }
  const approvers = approvals.flatMap(({ approvers }) => approvers);
  const isApprover = (who: string) =>
    approvers.some((known) => [known.id, known.name].some((text) => text.toUpperCase() === who.toUpperCase()));
  return given
    .filter(({ kind, by }) => kind !== 'bypassed' && !isApprover(by))
    .map(
      ({ by }) =>
        `${by} is no approver of environment ${name ?? environment}; approvers are: ${approvers.map((each) => each.name).join(', ')}.`,
    );
}

/** Environments of a plan as the file names them, each once. */
export function environmentsOf({ stages }: PipelinePlan): readonly string[] {
  const names = stages.flatMap(({ jobs }) =>
    jobs.flatMap((job) => (job.kind === 'deployment' ? [job.environment] : [])),
  );
  return [...new Set(names)];
}
