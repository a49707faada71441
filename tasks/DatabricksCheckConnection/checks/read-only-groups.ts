import { counted } from '../../../src/counted';
import {
  type Grantee,
  grantStatement,
  ownerStatement,
  revokeStatement,
  spelled,
} from '../../../src/databricks/grant-commands';
import { type SecurableType, sameName } from '../../../src/databricks/grants';
import type { CurrentIdentity } from '../../../src/databricks/identity';
import { namesIn } from '../../../src/databricks/names-seen';
import type { Securable } from '../../../src/databricks/securables';
import type { WorkspaceClient } from '../../../src/databricks/workspace-client';
import { TaskError } from '../../../src/errors';
import { type Check, failed, granteeOf, holdersOf, nameOf, notThere, ok, type RightFinding } from '../finding';
import { lackedPrivileges, privilegesOf } from '../privileges-held';

/** Rights that let a group read and nothing else (contract 1, DA1). */
const READING = new Set(['SELECT', 'USE_CATALOG', 'USE_SCHEMA', 'BROWSE', 'EXECUTE', 'READ_VOLUME']);
const ADMINISTRATORS = 'admins';

interface Place extends Securable {
  readonly type: SecurableType;
}

/** Have these groups, on the catalog and on each of its schemas, by themselves or by the groups that they belong to, rights to read only. */
export const checkReadOnlyGroups: Check = async ({ workspace, subjects, identity: asked }) => {
  const identity = await asked();
  const catalog = await workspace.securables.catalog(subjects.catalog);
  if (catalog === undefined) {
    const seen = await namesIn(
      workspace,
      ({ securables }) => securables.catalogs(),
      ({ fullName }) => fullName,
    );
    return notThere(`catalog ${subjects.catalog}`, subjects.catalog, seen, nameOf(identity), [
      managing(subjects.catalog, granteeOf(identity)),
    ]);
  }
  const places: Place[] = [{ type: 'catalog', fullName: subjects.catalog, owner: catalog.owner }];
  for await (const schema of workspace.securables.schemas(subjects.catalog)) {
    places.push({ type: 'schema', ...schema });
  }
  const excess: RightFinding[] = [];
  for (const group of subjects.readOnlyGroups) {
    const names = await withParents(workspace, group);
    for (const place of places) {
      for (const name of names) {
        const found = await excessOf(workspace, place, name);
        if (found === 'hidden') {
          return failed(
            `The rights of group ${name} on ${place.type} ${place.fullName} are hidden from ${nameOf(identity)}.`,
            [managing(subjects.catalog, granteeOf(identity))],
          );
        }
        excess.push(...found);
      }
    }
  }
  if (
    excess.length === 0 &&
    !(await seesEverySchema(workspace, { fullName: subjects.catalog, owner: catalog.owner }, identity))
  ) {
    return failed(
      `No group that may only read was seen to do more, but ${nameOf(identity)} may not see every schema of catalog ${subjects.catalog}.`,
      [
        {
          right: 'USE SCHEMA',
          object: `catalog ${subjects.catalog}`,
          command: grantStatement('USE_SCHEMA', 'catalog', subjects.catalog, granteeOf(identity)),
        },
      ],
    );
  }
  if (excess.length > 0) {
    const said = [...new Set(excess.map(({ right, object }) => `${right} on ${object}`))].join('; ');
    return failed(`Groups that may only read can do more in catalog ${subjects.catalog}: ${said}.`, distinct(excess));
  }
  return ok(
    `${subjects.readOnlyGroups.join(', ')} may only read in catalog ${subjects.catalog} (looked at: it and ${counted(places.length - 1, 'schema')}).`,
  );
};

/** The service lists to all others only the schemas that they own or have USE SCHEMA on (Unity Catalog, list schemas). */
async function seesEverySchema(
  workspace: WorkspaceClient,
  catalog: Securable,
  identity: CurrentIdentity,
): Promise<boolean> {
  const holders = holdersOf(identity);
  const { lacked } = await lackedPrivileges(workspace, 'catalog', catalog, holders, ['USE_SCHEMA']);
  if (lacked.length === 0) {
    return true;
  }
  const owner = (await workspace.securables.metastore())?.owner ?? '';
  return holders.some((name) => sameName(name, owner));
}

/** The group, every group that it belongs to, and the group of everybody. @throws TaskError GROUP_NOT_FOUND */
async function withParents({ groups }: WorkspaceClient, group: string): Promise<readonly string[]> {
  const names: string[] = [group];
  for (const name of names) {
    const found = await groups.find(name);
    if (found === undefined) {
      throw new TaskError('GROUP_NOT_FOUND', `There is no group '${name}' in the workspace.`, {
        todo: "Write the name in 'readOnlyGroups' as the workspace shows it; a group of the account must be assigned to the workspace.",
      });
    }
    names.push(...found.parents.filter((parent) => !names.some((known) => sameName(known, parent))));
  }
  return names.some((name) => sameName(name, 'account users')) ? names : [...names, 'account users'];
}

async function excessOf(
  { grants }: WorkspaceClient,
  { type, fullName, owner }: Place,
  group: string,
): Promise<readonly RightFinding[] | 'hidden'> {
  const object = `${type} ${fullName}`;
  const grantee: Grantee = { kind: 'group', name: group };
  if (sameName(group, ADMINISTRATORS)) {
    return [{ right: `everything, as ${group},`, object, command: `Take the group out of ${group}.` }];
  }
  const owned: readonly RightFinding[] = sameName(owner, group)
    ? [
        {
          right: `ownership by ${group}`,
          object,
          command: ownerStatement(type, fullName),
        },
      ]
    : [];
  const held = await privilegesOf(() => grants.effective(type, fullName, group));
  if (held === 'hidden') {
    return 'hidden';
  }
  const more = held
    .filter(({ privilege }) => !READING.has(privilege))
    // What comes from above is found, and mended, there.
    .filter(({ inheritedFrom }) => type === 'catalog' || !inheritedFrom.startsWith('catalog'))
    .map(({ privilege }) => ({
      right: `${spelled(privilege)} of ${group}`,
      object,
      command: revokeStatement(privilege, type, fullName, grantee),
    }));
  return [...owned, ...more];
}

function managing(catalog: string, grantee: Grantee): RightFinding {
  return {
    right: 'MANAGE',
    object: `catalog ${catalog}`,
    command: grantStatement('MANAGE', 'catalog', catalog, grantee),
  };
}

function distinct(rights: readonly RightFinding[]): readonly RightFinding[] {
  return [...new Map(rights.map((right) => [right.command, right])).values()];
}
