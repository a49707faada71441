import * as z from 'zod/mini';
import { principalsShape } from '../../workspace/identity/principal-settings';
import { connectionsShape, environmentsShape, variableGroupsShape } from './settings-shapes';

const SETTINGS = {
  connections: {
    shape: connectionsShape,
    title: 'Connections',
    description:
      'Where the service connections of pipelines lead on this machine: .mlops/connections.yml. A secret is named by an environment variable.',
  },
  environments: {
    shape: environmentsShape,
    title: 'Environments',
    description: 'The checks of the environments of pipelines on this machine: .mlops/environments.yml.',
  },
  principals: {
    shape: principalsShape,
    title: 'Principals',
    description:
      'Users, groups and service principals of a local workspace with their rights: the file of workspace start --principals. A token is named by an environment variable.',
  },
  'variable-groups': {
    shape: variableGroupsShape,
    title: 'VariableGroups',
    description: 'The variable groups of pipelines on this machine: .mlops/variable-groups.yml.',
  },
} as const;

/** The JSON Schemas (draft 2020-12) of the settings of local runs, by the name of their file without its ending. */
export function settingsSchemaTexts(): ReadonlyMap<keyof typeof SETTINGS, string> {
  return new Map(
    (Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]).map((name) => {
      const { shape, title, description } = SETTINGS[name];
      const { $schema, ...rest } = z.toJSONSchema(shape, { io: 'input', target: 'draft-2020-12' });
      return [name, `${JSON.stringify({ $schema, title, description, ...rest }, undefined, 2)}\n`];
    }),
  );
}
