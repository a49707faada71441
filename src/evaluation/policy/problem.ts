import { counted } from '../../counted';
import { TaskError } from '../../errors';

/** One thing wrong in a policy file. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One sentence: what is wrong. */
  readonly what: string;
  /** One sentence: what to do. */
  readonly todo: string;
}

/** All problems of a policy at once; thrown when a policy cannot be used. */
export class PolicyInvalid extends TaskError {
  override readonly name = 'PolicyInvalid';

  constructor(readonly problems: readonly PolicyProblem[]) {
    super('POLICY_INVALID', `The policy has ${counted(problems.length, 'problem')}.`, {
      where: problems.map(describeProblem).join('\n'),
      todo: 'Correct the policy; its JSON Schema is templates/schemas/promotion-policy.schema.json.',
    });
  }
}

/** `file:line:column: what todo`, as compilers print it. */
export function describeProblem(problem: PolicyProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.what} ${problem.todo}`;
}
