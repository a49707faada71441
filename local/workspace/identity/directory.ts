import type { Metastore, Principal } from '../api';
import type { Collection } from '../store';
import { ENTITLEMENTS, type PrincipalSettings } from './principal-settings';
import { administrator, numericId } from './principals';
import { isUserName } from './user-name';

/** A user or service principal that the start described. */
export interface Member extends Principal {
  readonly active: boolean;
  readonly entitlements: readonly string[];
  /** Direct memberships. */
  readonly groups: readonly string[];
  /** Who has the role Service Principal User on it. */
  readonly users?: readonly string[];
}

/** A group that the start described. */
export interface MemberGroup {
  readonly id: string;
  readonly displayName: string;
  /** Groups that it is a member of. */
  readonly groups: readonly string[];
}

/** Who somebody is when rights are looked at. */
export interface Identity {
  readonly principal: Principal;
  /** May do everything: in group `admins`, or not described at all, as the person who started the workspace. */
  readonly administrator: boolean;
  readonly entitlements: readonly string[];
  /** Own name and those of all groups, nested ones and `account users` included, in lower case. */
  readonly names: ReadonlySet<string>;
  /** Direct memberships as they are written. */
  readonly groups: readonly string[];
  /** Names of the service principals that jobs of theirs may run as, in lower case. */
  readonly mayUse: ReadonlySet<string>;
}

/** Keeps who the start described, in place of whom a former start did. */
export function describePrincipals(metastore: Metastore, settings: PrincipalSettings | undefined): readonly Member[] {
  const users = (settings?.users ?? []).map((user) => memberOf(user.userName, 'user', user));
  const servicePrincipals = (settings?.servicePrincipals ?? []).map((one) =>
    memberOf(one.applicationId, 'servicePrincipal', one),
  );
  const all = [...users, ...servicePrincipals];
  metastore.store.transaction(() => {
    for (const collection of [members(metastore), groups(metastore)]) {
      for (const [key] of [...collection.entries()]) {
        collection.remove(key);
      }
    }
    for (const member of all) {
      members(metastore).put(member.userName.toLowerCase(), member);
    }
    for (const { displayName, groups: parents } of settings?.groups ?? []) {
      groups(metastore).put(displayName.toLowerCase(), {
        id: numericId(`group:${displayName}`),
        displayName,
        groups: parents,
      });
    }
  });
  return all;
}

/** The described users and service principals, by name. */
export function listMembers(metastore: Metastore): readonly Member[] {
  return [...members(metastore).entries()].map(([, member]) => member);
}

/** The described groups, by name. */
export function listGroups(metastore: Metastore): readonly MemberGroup[] {
  return [...groups(metastore).entries()].map(([, group]) => group);
}

/**
 * Whom a name means: the administrator, somebody whom the start described, or else somebody unknown, a user when the name is an address.
 */
export function principalNamed(metastore: Metastore, name: string): Principal {
  const known = [administrator(), members(metastore).get(name.toLowerCase())].find(
    (one) => one?.userName.toLowerCase() === name.toLowerCase(),
  );
  const kind = isUserName(name) ? 'user' : 'servicePrincipal';
  return known ?? { id: numericId(`${kind}:${name}`), userName: name, displayName: name, kind };
}

/** Who the owner of a token is. */
export function identityOf(metastore: Metastore, principal: Principal): Identity {
  const member = members(metastore).get(principal.userName.toLowerCase());
  if (member === undefined) {
    const own = principal.kind === 'user' ? ['admins'] : ['users'];
    return {
      principal,
      administrator: true,
      entitlements: ENTITLEMENTS,
      names: new Set([principal.userName, 'admins', 'users', 'account users'].map((name) => name.toLowerCase())),
      groups: own,
      mayUse: new Set(),
    };
  }
  const names = [...member.groups, 'users', 'account users'];
  for (const name of names) {
    names.push(
      ...(groups(metastore).get(name.toLowerCase())?.groups ?? []).filter((parent) => !names.includes(parent)),
    );
  }
  const all = new Set([member.userName, ...names].map((name) => name.toLowerCase()));
  const usable = listMembers(metastore).filter(({ users = [] }) => users.some((name) => all.has(name.toLowerCase())));
  return {
    principal,
    administrator: names.includes('admins'),
    entitlements: member.entitlements,
    names: all,
    groups: member.groups,
    mayUse: new Set(usable.map(({ userName }) => userName.toLowerCase())),
  };
}

function memberOf(
  userName: string,
  kind: Principal['kind'],
  given: PrincipalSettings['users'][number] | PrincipalSettings['servicePrincipals'][number],
): Member {
  return {
    id: numericId(`${kind}:${userName}`),
    userName,
    displayName: given.displayName ?? userName,
    kind,
    active: given.active,
    entitlements: given.entitlements,
    groups: given.groups,
    ...('users' in given ? { users: given.users } : {}),
  };
}

function members(metastore: Metastore): Collection<Member> {
  return metastore.store.collection('members');
}

function groups(metastore: Metastore): Collection<MemberGroup> {
  return metastore.store.collection('groups');
}
