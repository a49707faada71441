import { type Fields, invalid, objectList, optionalText, requiredText } from '../fields';
import { isUserName } from '../identity/user-name';

/** One entry of an object's own permissions: who may do what. `level` is one of those of the object's kind. */
export interface Permission<Level extends string = string> {
  readonly kind: 'user_name' | 'group_name' | 'service_principal_name';
  readonly name: string;
  readonly level: Level;
}

const KINDS: readonly Permission['kind'][] = ['user_name', 'group_name', 'service_principal_name'];

/**
 * `access_control_list` of a request.
 * @param levels those that objects of this kind know
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for another level, an entry that names nobody or several, and a name that is there twice
 */
export function accessList<Level extends string>(
  fields: Fields,
  levels: readonly Level[],
): readonly Permission<Level>[] {
  const list = objectList(fields, 'access_control_list').map((entry): Permission<Level> => {
    const kinds = KINDS.filter((kind) => optionalText(entry, kind) !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      throw invalid(
        'Each entry of access_control_list names exactly one of user_name, group_name, service_principal_name.',
      );
    }
    const text = requiredText(entry, 'permission_level');
    const level = levels.find((one) => one === text);
    if (level === undefined) {
      throw invalid(`Permission level '${text}' is not one of ${levels.join(', ')}.`);
    }
    return { kind, name: requiredText(entry, kind), level };
  });
  const repeated = list.find((one, index) => list.findIndex((other) => isSame(one, other)) !== index);
  if (repeated !== undefined) {
    throw invalid(`access_control_list names ${repeated.name} twice.`);
  }
  return list;
}

/** The permissions with these added or changed: what PATCH does. */
export function withChanges<Level extends string>(
  former: readonly Permission<Level>[],
  given: readonly Permission<Level>[],
): readonly Permission<Level>[] {
  return [...former.filter((one) => !given.some((other) => isSame(one, other))), ...given];
}

/** @param creator user name, or the application id of a service principal */
export function permissionOf<Level extends string>(creator: string, level: Level): Permission<Level> {
  return { kind: isUserName(creator) ? 'user_name' : 'service_principal_name', name: creator, level };
}

/** Whom the list names as owner, else who made the object. */
export function ownerIn(permissions: readonly Permission[], maker: string): string {
  return permissions.find(({ level }) => level === 'IS_OWNER')?.name ?? maker;
}

/** Whether both entries are about the same user, group or service principal. */
export function isSame(one: Permission, other: Permission): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/**
 * An object's permissions as the service sends them: its own, those from objects above it, and those that administrators inherit; all of
 * one principal in one entry.
 * @param root path of all objects of this kind, such as `/jobs/`; `top`: what administrators inherit from, when it is not that
 */
export function permissionsOnWire(
  object: { readonly id: string; readonly type: string; readonly root: string; readonly top?: string },
  permissions: readonly Permission[],
  inherited: readonly { readonly permission: Permission; readonly from: string }[] = [],
): Record<string, unknown> {
  const admins: Permission = { kind: 'group_name', name: 'admins', level: 'CAN_MANAGE' };
  const all: readonly { readonly permission: Permission; readonly from?: string }[] = [
    ...permissions.map((permission) => ({ permission })),
    ...inherited,
    { permission: admins, from: object.top ?? object.root },
  ];
  const principals = all.map(({ permission }) => permission);
  const first = principals.filter((one, index) => principals.findIndex((other) => isSame(one, other)) === index);
  return {
    object_id: `${object.root}${object.id}`,
    object_type: object.type,
    access_control_list: first.map((principal) => ({
      [principal.kind]: principal.name,
      ...(principal.kind === 'group_name' ? {} : { display_name: principal.name }),
      all_permissions: all
        .filter(({ permission }) => isSame(permission, principal))
        .map(({ permission: { level }, from }) => ({
          permission_level: level,
          inherited: from !== undefined,
          ...(from === undefined ? {} : { inherited_from_object: [from] }),
        })),
    })),
  };
}

/** Answer to `…/permissionLevels`. */
export function levelsOnWire(levels: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    permission_levels: Object.entries(levels).map(([level, description]) => ({ permission_level: level, description })),
  };
}
