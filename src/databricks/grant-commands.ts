import { shellWord } from '../shell-word';
import type { SecurableType } from './grants';
import { quoteIdentifier, quoteName } from './names';
import type { PermissionObject } from './object-permissions';

/** Somebody who can be given a right. */
export interface Grantee {
  readonly kind: 'user' | 'servicePrincipal' | 'group';
  /** E-mail, application id or name of the group. */
  readonly name: string;
}

/** SQL gives a right on a model as on a function (databricks-api 5.6). */
const SQL_TYPES: Readonly<Record<SecurableType, string>> = {
  catalog: 'CATALOG',
  schema: 'SCHEMA',
  table: 'TABLE',
  volume: 'VOLUME',
  function: 'FUNCTION',
};

const ACCESS_KEYS: Readonly<Record<Grantee['kind'], string>> = {
  user: 'user_name',
  servicePrincipal: 'service_principal_name',
  group: 'group_name',
};

/** The statement that gives a right. @param privilege as the API spells it, such as `USE_CATALOG` */
export function grantStatement(privilege: string, type: SecurableType, fullName: string, to: Grantee): string {
  return `GRANT ${spelled(privilege)} ON ${SQL_TYPES[type]} ${quoteName(fullName)} TO ${quoteIdentifier(to.name)};`;
}

/** The statement that takes a right away again. */
export function revokeStatement(privilege: string, type: SecurableType, fullName: string, from: Grantee): string {
  return `REVOKE ${spelled(privilege)} ON ${SQL_TYPES[type]} ${quoteName(fullName)} FROM ${quoteIdentifier(from.name)};`;
}

/** The statement that makes the administrators the owner. */
export function ownerStatement(type: SecurableType, fullName: string): string {
  return `ALTER ${SQL_TYPES[type]} ${quoteName(fullName)} OWNER TO \`admins\`;`;
}

/** The command of the Databricks CLI that gives a level on an object of the workspace, keeping those of others. */
export function permissionCommand(type: PermissionObject, id: string, level: string, to: Grantee): string {
  const entry = { [ACCESS_KEYS[to.kind]]: to.name, permission_level: level };
  const body = JSON.stringify({ access_control_list: [entry] });
  return `databricks permissions update ${type} ${shellWord(id)} --json ${shellWord(body)}`;
}

/** A privilege as SQL writes it. */
export function spelled(privilege: string): string {
  return privilege.replaceAll('_', ' ');
}
