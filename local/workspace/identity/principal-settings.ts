import * as z from 'zod/mini';
import { sameName } from '../../../src/databricks/grants';

/**
 * The shape of the file that `workspace start --principals` reads: who besides the administrator uses the workspaces, and with which rights.
 * The JSON Schema `templates/schemas/principals.schema.json` is generated from it.
 */

const text = () => z.string().check(z.minLength(1), z.maxLength(255));
/** The name of an environment variable that holds the token; the token itself stands in no file. */
const secret = () => z.strictObject({ env: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)) });

export const ENTITLEMENTS = ['workspace-access', 'databricks-sql-access', 'allow-cluster-create'] as const;

const common = {
  displayName: z.optional(text()),
  groups: z._default(z.array(text()), []),
  entitlements: z._default(z.array(z.enum(ENTITLEMENTS)), ['workspace-access', 'databricks-sql-access']),
  active: z._default(z.boolean(), true),
  token: z.optional(secret()),
};
const user = z.strictObject({ userName: text().check(z.regex(/^[^@\s]+@[^@\s]+$/)), ...common });
const servicePrincipal = z.strictObject({
  applicationId: z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)),
  ...common,
  /** Who has the role Service Principal User on it: whose jobs may run as it. */
  users: z._default(z.array(text()), []),
});
const group = z.strictObject({ displayName: text(), groups: z._default(z.array(text()), []) });
const grant = z.strictObject({
  on: z.string().check(z.regex(/^(metastore|(catalog|schema|table|volume|model) [^\s/\\]+)$/)),
  to: z.array(text()).check(z.minLength(1)),
  privileges: z.array(z.string().check(z.regex(/^[A-Z][A-Z_ ]*$/))).check(z.minLength(1)),
});
const warehouse = z.strictObject({
  to: z.array(text()).check(z.minLength(1)),
  level: z.enum(['CAN_VIEW', 'CAN_USE', 'CAN_MONITOR', 'CAN_MANAGE']),
});

export const principalsShape = z.strictObject({
  users: z._default(z.array(user), []),
  servicePrincipals: z._default(z.array(servicePrincipal), []),
  groups: z._default(z.array(group), []),
  grants: z._default(z.array(grant), []),
  warehouse: z._default(z.array(warehouse), []),
});
export type PrincipalSettings = z.infer<typeof principalsShape>;

/** What the shape alone cannot say: names that are there twice, groups and grantees that nobody describes. */
export function principalFindings(
  settings: PrincipalSettings,
): readonly { readonly path: (string | number)[]; readonly what: string; readonly todo: string }[] {
  const groups = new Set([...settings.groups.map(({ displayName }) => displayName), ...SYSTEM_GROUPS]);
  const names = [
    ...settings.users.map(({ userName }) => userName),
    ...settings.servicePrincipals.map(({ applicationId }) => applicationId),
    ...settings.groups.map(({ displayName }) => displayName),
  ];
  const known = new Set([...names, ...groups].map((name) => name.toLowerCase()));
  const twice = names.find((name, index) => names.findIndex((other) => sameName(name, other)) !== index);
  const members = (['users', 'servicePrincipals', 'groups'] as const).flatMap((list) =>
    settings[list].flatMap(({ groups: of }, index) =>
      of.filter((name) => !groups.has(name)).map((name) => ({ path: [list, index, 'groups'], name })),
    ),
  );
  const grantees = (['grants', 'warehouse'] as const).flatMap((list) =>
    settings[list].flatMap(({ to }, index) =>
      to.filter((name) => !known.has(name.toLowerCase())).map((name) => ({ path: [list, index, 'to'], name })),
    ),
  );
  const users = settings.servicePrincipals.flatMap(({ users: of }, index) =>
    of
      .filter((name) => !known.has(name.toLowerCase()))
      .map((name) => ({ path: ['servicePrincipals', index, 'users'], name })),
  );
  return [
    ...(twice === undefined
      ? []
      : [{ path: ['users'], what: `'${twice}' is there twice.`, todo: 'Describe each principal once.' }]),
    ...[...members, ...grantees, ...users].map(({ path, name }) => ({
      path,
      what: `Nobody is called '${name}'.`,
      todo: `Describe it under users, servicePrincipals or groups, or use one of ${SYSTEM_GROUPS.join(', ')}.`,
    })),
  ];
}

/** Groups that every workspace has: its administrators, its users, and everybody in the account. */
export const SYSTEM_GROUPS = ['admins', 'users', 'account users'];
