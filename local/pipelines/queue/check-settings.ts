import { join } from 'node:path';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { variablesOf } from '../plan/variables-of';
import { Connections } from '../settings/connections';
import { readEnvironments } from '../settings/environments';
import { readVariableGroups } from '../settings/variable-groups';
import type { Surroundings } from './queue-request';

/**
 * Reads all settings and the secrets of the groups that a plan names, so that a mistake in them is said before a run has a number.
 * @throws SettingsInvalid, SecretMissing
 */
export function checkSettings(
  plan: PipelinePlan,
  { settings, environment }: Pick<Surroundings, 'settings' | 'environment'>,
): void {
  new Connections(join(settings, 'connections.yml'));
  readEnvironments(join(settings, 'environments.yml'));
  const group = readVariableGroups(join(settings, 'variable-groups.yml'), environment);
  for (const variable of variablesOf(plan)) {
    if ('group' in variable) {
      group(variable.group);
    }
  }
}
