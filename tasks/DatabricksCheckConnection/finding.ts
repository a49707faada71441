import type { TaskContext } from '../../src/agent/task-context';
import type { Grantee } from '../../src/databricks/grant-commands';
import type { CurrentIdentity } from '../../src/databricks/identity';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { type SeenNames, suggestion } from '../../src/suggestion';
import type { CheckName, CheckSubjects } from './inputs';

/** A right that somebody lacks, or has too many, with what mends it. */
export interface RightFinding {
  /** As SQL or the permissions page writes it, such as `USE CATALOG`, `CAN_USE`. */
  readonly right: string;
  /** Such as `catalog dev`, `warehouse 1a2b`. */
  readonly object: string;
  /** SQL statement or command of the Databricks CLI, whole. */
  readonly command: string;
}

/** What one check found. */
export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly rights?: readonly RightFinding[];
}

/** What one check found, or why it was not made. */
export interface CheckResult {
  readonly check: CheckName;
  readonly verdict: Finding['verdict'] | 'notChecked';
  readonly message: string;
  readonly rights: readonly RightFinding[];
}

/** What every check is given. */
export interface CheckScope {
  readonly workspace: WorkspaceClient;
  /** Who the credentials are; asked once, whoever wants to know: a workspace that is away must not cost its time once for each check. */
  identity(): Promise<CurrentIdentity>;
  /** What the connection signs in as; undefined where only the service knows. */
  readonly applicationId: string | undefined;
  readonly context: TaskContext;
  readonly subjects: CheckSubjects;
}

/** Looks at one thing and changes nothing. What it throws is a failed check. */
export type Check = (scope: CheckScope) => Promise<Finding>;

export function ok(message: string): Finding {
  return { verdict: 'ok', message };
}

/** A failed check; the commands stand in the message too, because it is all that the list of errors shows. */
export function failed(message: string, rights: readonly RightFinding[]): Finding {
  const commands = rights.map(({ command }) => command).join(' ');
  return { verdict: 'error', message: `${message} To mend it: ${commands}`, rights };
}

/**
 * A thing that is not there for the identity. Nobody can tell a name that is wrong from a thing that is hidden, so both are said, and the
 * name first: it is wrong more often.
 * @param object such as `catalog dev`
 * @param seen names of the same kind that the identity may know of
 */
export function notThere(
  object: string,
  name: string,
  seen: SeenNames,
  who: string,
  rights: readonly RightFinding[],
): Finding {
  const commands = rights.map(({ command }) => command).join(' ');
  const message =
    `There is no ${object} that ${who} may see. ${suggestion(name, seen)} ` +
    `If the name is right, ${object} does not exist yet, or a right is missing: ${commands}`;
  return { verdict: 'error', message, rights };
}

/** The identity as somebody who can be given rights. */
export function granteeOf(identity: CurrentIdentity): Grantee {
  return { kind: identity.kind, name: identity.userName };
}

/** The identity as a person reads it. */
export function nameOf(identity: CurrentIdentity): string {
  return identity.kind === 'user'
    ? `user ${identity.userName}`
    : `service principal ${identity.displayName} (${identity.userName})`;
}

/** Every name under which the identity can hold rights: its own, its groups, and the group of everybody in the account. */
export function holdersOf(identity: CurrentIdentity): readonly string[] {
  return [identity.userName, ...identity.groups, 'account users'];
}
