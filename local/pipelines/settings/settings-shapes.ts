import * as z from 'zod/mini';

/**
 * The shapes of the three files below `.mlops/` that stand in for what Azure DevOps keeps outside of a pipeline: connections, environments,
 * variable groups. The JSON Schemas in `templates/schemas` are generated from them.
 */

const text = () => z.string().check(z.minLength(1));

/** The name of an environment variable of the machine that holds the secret; the secret itself stands in no file. */
const secret = () => z.strictObject({ env: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)) });

/** Which keys go together is held by `connection-settings.ts`. */
const connection = z.strictObject({
  workspace: z.optional(z.string().check(z.regex(/^[\w-]{1,64}$/))),
  url: z.optional(text()),
  token: z.optional(secret()),
  applicationId: z.optional(text()),
  secret: z.optional(secret()),
});

export const connectionsShape = z.strictObject({
  connections: z.record(text(), connection),
});
export type ConnectionKeys = z.infer<typeof connection>;

const approvals = z.strictObject({
  approvers: z.array(text()).check(z.minLength(1)),
  minimum: z._default(z.int().check(z.gte(1)), 1),
  requesterMayApprove: z._default(z.boolean(), true),
  timeoutMinutes: z._default(z.int().check(z.gte(1), z.lte(43_200)), 43_200),
  instructions: z._default(z.string(), ''),
});

const environment = z.strictObject({
  approvals: z.optional(approvals),
  branchControl: z.optional(z.array(text()).check(z.minLength(1))),
  exclusiveLock: z._default(z.boolean(), false),
});

export const environmentsShape = z.strictObject({
  environments: z.record(text(), environment),
});
export type EnvironmentSettings = z.infer<typeof environment>;

export const variableGroupsShape = z.strictObject({
  groups: z.record(text(), z.record(text(), z.union([z.string(), z.number(), z.boolean(), secret()]))),
});
