import { sameName } from '../../../src/databricks/grants';
import type { Metastore } from '../api';
import { invalid } from '../fields';
import type { Collection } from '../store';
import { APPLICABLE, spelled } from './applicable-privileges';
import { type Securable, withParents } from './securables';

/** Rights of one principal, as the API spells them. */
export interface Assignment {
  readonly principal: string;
  readonly privileges: readonly string[];
}

/** As the API spells it. @throws ApiError 400 for a right that the securable cannot have */
export function applicable(privilege: string, { kind, fullName }: Securable): string {
  const name = spelled(privilege);
  if (!APPLICABLE[kind].includes(name)) {
    throw invalid(`Privilege ${privilege} is not applicable to this entity [${fullName}:${kind}].`);
  }
  return name;
}

/** Direct grants on a securable, by principal. */
export function directGrants(metastore: Metastore, securable: Securable): readonly Assignment[] {
  return grants(metastore).get(keyOf(securable)) ?? [];
}

/** Adds and removes rights of one principal. Removing `ALL_PRIVILEGES` clears all. @throws ApiError 400 */
export function changeGrants(
  metastore: Metastore,
  securable: Securable,
  change: { readonly principal: string; readonly add: readonly string[]; readonly remove: readonly string[] },
): void {
  const add = change.add.map((privilege) => applicable(privilege, securable));
  const remove = change.remove.map((privilege) => applicable(privilege, securable));
  if (add.some((privilege) => remove.includes(privilege))) {
    throw invalid(`Duplicate privileges to add and delete for principal ${change.principal}.`);
  }
  const all = directGrants(metastore, securable);
  const former = all.find((one) => sameName(one.principal, change.principal));
  const kept = remove.includes('ALL_PRIVILEGES')
    ? []
    : (former?.privileges ?? []).filter((privilege) => !remove.includes(privilege));
  const privileges = [...new Set([...kept, ...add])].sort();
  const others = all.filter((one) => one !== former);
  grants(metastore).put(keyOf(securable), [
    ...others,
    ...(privileges.length === 0 ? [] : [{ principal: former?.principal ?? change.principal, privileges }]),
  ]);
}

/** A right with where it comes from; `from` is absent for a grant on the securable itself. */
export interface Effective {
  readonly principal: string;
  readonly privilege: string;
  readonly from?: Securable;
}

/** All rights on a securable, inherited ones included; administrators have everything from the metastore. */
export function effectiveGrants(metastore: Metastore, securable: Securable): readonly Effective[] {
  const [own, ...above] = withParents(securable);
  const granted = [own, ...above].flatMap((place) =>
    place === undefined
      ? []
      : directGrants(metastore, place).flatMap(({ principal, privileges }) =>
          privileges.map((privilege) => ({ principal, privilege, ...(place === own ? {} : { from: place }) })),
        ),
  );
  const root = above.at(-1);
  const administrators = ['ALL_PRIVILEGES', 'MANAGE'].map((privilege) => ({
    principal: 'admins',
    privilege,
    ...(root === undefined ? {} : { from: root }),
  }));
  return [...granted, ...administrators];
}

/** Forgets the grants on a securable and on everything below it. */
export function forgetGrants(metastore: Metastore, { kind, fullName }: Securable): void {
  const all = grants(metastore);
  for (const [key] of [...all.entries()]) {
    const [, name = ''] = key.split('/');
    if (key === keyOf({ kind, fullName }) || name.startsWith(`${fullName}.`)) {
      all.remove(key);
    }
  }
}

function keyOf({ kind, fullName }: Securable): string {
  return `${kind}/${fullName}`;
}

function grants(metastore: Metastore): Collection<readonly Assignment[]> {
  return metastore.store.collection('grants');
}
