import { join } from 'node:path';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { variablesOf } from '../plan/variables-of';
import { Connections } from '../settings/connections';
import { readEnvironments } from '../settings/environments';
import { readVariableGroups } from '../settings/variable-groups';
import { checkAnswers } from './given-answers';
import type { Surroundings } from './queue-request';

/**
 * Reads all settings and the secrets of the groups that a plan names, and holds the answers given beforehand against them, so that a mistake
 * is said before a run has a number.
 * @throws SettingsInvalid, SecretMissing, CannotRun
 */
export function checkSettings(
  plan: PipelinePlan,
  { settings, environment, answers = new Map() }: Pick<Surroundings, 'settings' | 'environment' | 'answers'>,
): void {
  new Connections(join(settings, 'connections.yml'));
  checkAnswers(plan, answers, readEnvironments(join(settings, 'environments.yml')));
  const group = readVariableGroups(join(settings, 'variable-groups.yml'), environment);
  for (const variable of variablesOf(plan)) {
    if ('group' in variable) {
      group(variable.group);
    }
  }
}
