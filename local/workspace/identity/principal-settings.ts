import * as z from 'zod/mini';

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
// The patterns are for editors: `principalFindings` says what is wrong, and what may be meant.
const pattern = (expression: RegExp) => z.string().register(z.globalRegistry, { pattern: expression.source });
const grant = z.strictObject({
  on: pattern(/^(metastore|(catalog|schema|table|volume|model) [^\s/\\]+)$/),
  to: z.array(text()).check(z.minLength(1)),
  privileges: z.array(pattern(/^[A-Z][A-Z_ ]*$/)).check(z.minLength(1)),
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

/** Groups that every workspace has: its administrators, its users, and everybody in the account. */
export const SYSTEM_GROUPS = ['admins', 'users', 'account users'];
