import assert from 'node:assert/strict';
import { CannotRun } from '../../../../../local/pipelines/queue/cannot-run';
import { checkAnswers, type GivenAnswers } from '../../../../../local/pipelines/queue/given-answers';
import type { Environments } from '../../../../../local/pipelines/settings/environments';
import { ADA, approval, BO } from '../../../../support/approval-gate';
import { NO_CHECKS, planOf } from '../../../../support/pipeline-run';

describe('answers given before a run', () => {
  const check = (environment: string, given: GivenAnswers) =>
    checkAnswers(
      planOf(`jobs:
- deployment: main
  environment: ${environment}
  strategy: { runOnce: { deploy: { steps: [] } } }`),
      given,
      {
        checks: (name: string) =>
          name === 'Prod' ? { ...NO_CHECKS, approvals: [approval({ approvers: [ADA, BO] })] } : NO_CHECKS,
      } as Environments,
    );
  const by = (environment: string, who: string, kind: 'approved' | 'bypassed' = 'approved'): GivenAnswers =>
    new Map([[environment, [{ kind, by: who }]]]);

  it('may be of any approver, by name or id, and a bypass of anybody', () => {
    check('Prod', by('prod', 'ada'));
    check('Prod', by('prod', 'BO@contoso.com'));
    check('Prod', by('prod', 'somebody', 'bypassed'));
  });

  it('are refused for an environment that is not there, and of somebody who is no approver', () => {
    assert.throws(
      () => check('Prod', new Map([...by('prd', 'ada'), ...by('prod', 'eve')])),
      (error) =>
        error instanceof CannotRun &&
        error.message ===
          "The run has no environment 'prd' to answer for. Did you mean Prod? It has: Prod.\neve is no approver of environment Prod; approvers are: Ada, Bo.",
    );
  });

  it('are taken where nobody can know before: a name made of variables, an environment without approvals', () => {
    check('$(where)-model', by('prod-model', 'eve'));
    check('dev', by('dev', 'eve'));
  });
});
