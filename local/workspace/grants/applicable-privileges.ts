import type { SecurableKind } from './securables';

const IN_TABLE = ['SELECT', 'MODIFY'];
const IN_VOLUME = ['READ_VOLUME', 'WRITE_VOLUME'];
const IN_FUNCTION = ['EXECUTE', 'CREATE_MODEL_VERSION'];
const EVERYWHERE = ['ALL_PRIVILEGES', 'MANAGE', 'APPLY_TAG'];
const IN_SCHEMA = [
  ...['USE_SCHEMA', 'CREATE_TABLE', 'CREATE_VOLUME', 'CREATE_FUNCTION', 'CREATE_MODEL', 'CREATE_MATERIALIZED_VIEW'],
  ...['REFRESH', 'EXTERNAL_USE_SCHEMA', 'BROWSE'],
  ...[...IN_TABLE, ...IN_VOLUME, ...IN_FUNCTION],
];

/**
 * What can be granted on each kind. `CREATE_MODEL_VERSION` is [U]: named in the documentation of deployment jobs, but in no client.
 */
export const APPLICABLE: Readonly<Record<SecurableKind, readonly string[]>> = {
  METASTORE: ['CREATE_CATALOG', 'MANAGE', 'ALL_PRIVILEGES'],
  CATALOG: [...EVERYWHERE, ...IN_SCHEMA, 'USE_CATALOG', 'CREATE_SCHEMA'],
  SCHEMA: [...EVERYWHERE, ...IN_SCHEMA],
  TABLE: [...EVERYWHERE, ...IN_TABLE],
  VOLUME: [...EVERYWHERE, ...IN_VOLUME],
  FUNCTION: [...EVERYWHERE, ...IN_FUNCTION],
};

/** A privilege as the API spells it: `use catalog` is `USE_CATALOG`. */
export function spelled(privilege: string): string {
  return privilege.trim().toUpperCase().replace(/\s+/g, '_');
}
