import type { Variable } from '../agent/job-request';
import { readSettings } from './settings-file';
import { variableGroupsShape } from './settings-shapes';

/** A secret that a group takes from the environment is not there, in a sentence with what to do. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
}

/**
 * Variable groups by name, from `.mlops/variable-groups.yml`; a value `{env: NAME}` is a secret.
 * @returns a look-up; `undefined` from it: there is no such group
 * @throws SettingsInvalid; the look-up throws an Error when a secret is not in the environment
 */
export function readVariableGroups(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): (name: string) => ReadonlyMap<string, Variable> | undefined {
  const groups = readSettings(file, variableGroupsShape)?.groups ?? {};
  return (name) => {
    const group = Object.entries(groups).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
    return group === undefined
      ? undefined
      : new Map(
          Object.entries(group).map(([variable, value]): [string, Variable] => {
            if (typeof value !== 'object') {
              return [variable, { value: String(value), secret: false, readOnly: false }];
            }
            const secret = environment[value.env];
            if (secret === undefined || secret === '') {
              throw new SecretMissing(
                `Variable '${variable}' of group '${name}' is taken from the environment variable ${value.env}, which is not set. Set it, or correct ${file}.`,
              );
            }
            return [variable, { value: secret, secret: true, readOnly: false }];
          }),
        );
  };
}
