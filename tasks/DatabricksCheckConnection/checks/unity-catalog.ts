import { type Grantee, grantStatement, spelled } from '../../../src/databricks/grant-commands';
import type { SecurableType } from '../../../src/databricks/grants';
import { namesIn } from '../../../src/databricks/names-seen';
import type { Securable } from '../../../src/databricks/securables';
import type { WorkspaceClient } from '../../../src/databricks/workspace-client';
import { ApiError } from '../../../src/http/errors';
import { didYouMean } from '../../../src/nearest-name';
import type { SeenNames } from '../../../src/suggestion';
import { namesEntitlement } from '../entitlements';
import {
  type Check,
  type Finding,
  failed,
  granteeOf,
  holdersOf,
  nameOf,
  notThere,
  ok,
  type RightFinding,
} from '../finding';
import type { CheckSubjects } from '../inputs';
import { lackedPrivileges } from '../privileges-held';

/** One securable on the way from the catalog to the model. */
interface Step {
  readonly type: SecurableType;
  readonly fullName: string;
  /** As a person reads it. */
  readonly object: string;
  /** What the identity must have to get past it. */
  readonly wanted: readonly string[];
  /** What lets it be created, by a right on the step before; absent for what is never created on the way. */
  readonly creating?: string;
  find(): Promise<Securable | undefined>;
  /** What else there is of its kind in the same place. */
  others(hasty: WorkspaceClient): AsyncIterable<Securable>;
}

/** Do catalog, schema and model exist, and may the identity use them. A schema or model that does not exist yet must be one that it may create. */
export const checkUnityCatalog: Check = async ({ workspace, subjects, identity: asked }) => {
  const identity = await asked();
  const who = { name: nameOf(identity), grantee: granteeOf(identity), holders: holdersOf(identity) };
  const passed: string[] = [];
  let last: Step | undefined;
  for (const step of stepsTo(workspace, subjects)) {
    const found = await lookUp(step);
    if (found === 'denied') {
      return denied(step, who);
    }
    if (found === undefined) {
      return last === undefined || step.creating === undefined
        ? notThereYet(workspace, step, who)
        : mayCreate(workspace, step, step.creating, last, who);
    }
    const finding = await rightsOn(workspace, step, found, step.wanted, who);
    if (finding !== undefined) {
      return finding;
    }
    passed.push(`${step.wanted.map(spelled).join(' and ')} on ${step.object}`);
    last = step;
  }
  return ok(`${who.name} has ${passed.join(', ')}.`);
};

interface Who {
  readonly name: string;
  readonly grantee: Grantee;
  readonly holders: readonly string[];
}

function stepsTo({ securables }: WorkspaceClient, { catalog, schema, model }: CheckSubjects): readonly Step[] {
  const inSchema = `${catalog}.${schema}`;
  return [
    {
      type: 'catalog',
      fullName: catalog,
      object: `catalog ${catalog}`,
      wanted: ['USE_CATALOG'],
      find: () => securables.catalog(catalog),
      others: (hasty) => hasty.securables.catalogs(),
    },
    ...(schema === ''
      ? []
      : [
          {
            type: 'schema' as const,
            fullName: inSchema,
            object: `schema ${inSchema}`,
            wanted: ['USE_SCHEMA'],
            creating: 'CREATE_SCHEMA',
            find: () => securables.schema(inSchema),
            others: (hasty: WorkspaceClient) => hasty.securables.schemas(catalog),
          },
        ]),
    ...(model === ''
      ? []
      : [
          {
            type: 'function' as const,
            fullName: model,
            object: `model ${model}`,
            wanted: ['EXECUTE'],
            creating: 'CREATE_MODEL',
            find: () => securables.model(model),
            others: (hasty: WorkspaceClient) => hasty.securables.models(catalog, schema),
          },
        ]),
  ];
}

function othersOf(workspace: WorkspaceClient, step: Step): Promise<SeenNames> {
  return namesIn(
    workspace,
    (hasty) => step.others(hasty),
    ({ fullName }) => fullName,
  );
}

async function lookUp(step: Step): Promise<Securable | undefined | 'denied'> {
  try {
    return await step.find();
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'PERMISSION_DENIED' && !namesEntitlement(error)) {
      return 'denied';
    }
    throw error;
  }
}

function denied(step: Step, who: Who): Finding {
  return failed(`${who.name} has no ${step.wanted.map(spelled).join(', ')} on ${step.object}.`, lackedOn(step, who));
}

async function notThereYet(workspace: WorkspaceClient, step: Step, who: Who): Promise<Finding> {
  return notThere(step.object, step.fullName, await othersOf(workspace, step), who.name, lackedOn(step, who));
}

function lackedOn(step: Step, who: Who): RightFinding[] {
  return step.wanted.map((privilege) => missing(privilege, step, who.grantee));
}

async function rightsOn(
  workspace: WorkspaceClient,
  step: Step,
  found: Securable,
  wanted: readonly string[],
  who: Who,
): Promise<Finding | undefined> {
  const { lacked, hidden } = await lackedPrivileges(
    workspace,
    step.type,
    // What was asked for, not what the answer calls itself: the next request is for this name.
    { ...found, fullName: step.fullName },
    who.holders,
    wanted,
  );
  if (lacked.length === 0) {
    return undefined;
  }
  const unseen =
    hidden.length === 0
      ? ''
      : ` The service does not show what these hold: ${hidden.join(', ')}; that counts as nothing.`;
  return failed(
    `${who.name} has no ${lacked.map(spelled).join(', ')} on ${step.object}, neither itself nor by its groups.${unseen}`,
    lacked.map((privilege) => missing(privilege, step, who.grantee)),
  );
}

/**
 * The first training makes the schema, and the first version of a model makes the model: then the right to create it is what counts. Who
 * lacks that cannot tell a schema that is not there from one that is hidden.
 */
async function mayCreate(
  workspace: WorkspaceClient,
  step: Step,
  creating: string,
  above: Step,
  who: Who,
): Promise<Finding> {
  const found = await above.find();
  const place = found ?? { fullName: above.fullName, owner: '' };
  const finding = await rightsOn(workspace, above, place, [creating], who);
  if (finding !== undefined && step.type === 'schema') {
    const hiddenOrNot = await notThereYet(workspace, step, who);
    const { command } = missing(creating, above, who.grantee);
    return { ...hiddenOrNot, message: `${hiddenOrNot.message} So that it may create the schema: ${command}` };
  }
  const others = await othersOf(workspace, step);
  const question = typeof others === 'string' ? '' : didYouMean(step.fullName, others.names);
  const none = `There is no ${step.object} that ${who.name} may see. ${question}`.trimEnd();
  return finding === undefined
    ? ok(`${none} It may create one in ${above.object}. If the name is right, it does not exist yet.`)
    : { ...finding, message: `${none} ${finding.message}` };
}

function missing(privilege: string, { type, fullName, object }: Step, grantee: Grantee): RightFinding {
  return {
    right: spelled(privilege),
    object,
    command: grantStatement(privilege, type, fullName, grantee),
  };
}
