import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import { parseVersion, type ReleaseVersion } from './release-version';

/** The checks that this version has, in the order in which they run. */
export const CHECKS = ['identity', 'workspace', 'unityCatalog', 'warehouse', 'jobs', 'readOnlyGroups'] as const;
/** One of {@link CHECKS}. */
export type CheckName = (typeof CHECKS)[number];

/** Names of the contract whose checks come with the parts that they check. */
const LATER = ['approvals', 'audit', 'serving', 'bundle', 'segregation', 'guards', 'rollback'];

/** What the checks look at; empty texts when not given. */
export interface CheckSubjects {
  readonly catalog: string;
  /** Name of the schema alone, without its catalog. */
  readonly schema: string;
  /** `catalog.schema.model` */
  readonly model: string;
  /** Id or exact name. */
  readonly warehouse: string;
  /** Id or exact name. */
  readonly job: string;
  readonly readOnlyGroups: readonly string[];
}

/** Checked inputs of DatabricksCheckConnection. */
export interface Inputs {
  readonly connection: ConnectionSelection;
  readonly checks: readonly CheckName[];
  /** Checks of `all` whose inputs are empty, each with the input that is missing. */
  readonly leftOut: ReadonlyMap<CheckName, string>;
  readonly subjects: CheckSubjects;
  readonly failOnWarning: boolean;
  /** `undefined`: any version will do. */
  readonly minimumVersion: ReleaseVersion | undefined;
}

/** Which checks look at an input. */
const READ_BY: Readonly<Record<keyof CheckSubjects, readonly CheckName[]>> = {
  catalog: ['unityCatalog', 'readOnlyGroups'],
  schema: ['unityCatalog'],
  model: ['unityCatalog'],
  warehouse: ['warehouse'],
  job: ['jobs'],
  readOnlyGroups: ['readOnlyGroups'],
};

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const minimumVersion = readMinimumVersion(inputs);
  const connection = readSelection(inputs, inputs.hostKind);
  const failOnWarning = inputs.choice('failOn', ['error', 'warning']) === 'warning';
  const subjects = readSubjects(inputs);
  const wanted = readChecks(inputs);
  const all = wanted.includes('all');
  const candidates = CHECKS.filter((check) => all || wanted.includes(check));
  const leftOut = new Map<CheckName, string>();
  for (const check of candidates) {
    const missing = missingInput(check, subjects);
    if (missing === undefined) {
      continue;
    }
    if (!all || wanted.includes(check)) {
      throw new TaskError('INPUT_REQUIRED', `Input '${missing}' is required for check '${check}'.`, {
        todo: `Set '${missing}', or leave '${check}' out of 'checks'.`,
      });
    }
    leftOut.set(check, missing);
  }
  const checks = candidates.filter((check) => !leftOut.has(check));
  refuseUnused(checks, subjects);
  return { minimumVersion, connection, failOnWarning, subjects, checks, leftOut };
}

function readSubjects(inputs: InputReader): CheckSubjects {
  const model = inputs.modelName('model');
  const [ofModel = '', schemaOfModel = ''] = model.split('.');
  const given = { catalog: oneLevel(inputs, 'catalog'), schema: oneLevel(inputs, 'schema') };
  for (const [name, level] of [
    ['catalog', ofModel],
    ['schema', schemaOfModel],
  ] as const) {
    if (model !== '' && given[name] !== '' && given[name] !== level) {
      throw new TaskError(
        'INPUT_INVALID',
        `Input '${name}' is '${given[name]}', but model '${model}' lies in '${level}'.`,
        {
          todo: `Leave '${name}' empty, or name the model of that ${name}.`,
        },
      );
    }
  }
  return {
    catalog: given.catalog || ofModel,
    schema: given.schema || schemaOfModel,
    model,
    warehouse: inputs.text('warehouse'),
    job: inputs.text('job'),
    readOnlyGroups: [...new Set(inputs.list('readOnlyGroups'))],
  };
}

function oneLevel(inputs: InputReader, name: 'catalog' | 'schema'): string {
  const value = inputs.text(name);
  if (/[\s./\\]/.test(value)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input '${name}' must be the name of one ${name}, not ${JSON.stringify(value)}.`,
      {
        todo: "Give the catalog in 'catalog' and the schema, without its catalog, in 'schema'.",
      },
    );
  }
  return value;
}

function readChecks(inputs: InputReader): readonly string[] {
  const wanted = inputs.list('checks');
  const known = [...CHECKS, 'all'];
  const later = wanted.find((name) => LATER.includes(name));
  if (later !== undefined) {
    throw new TaskError('INPUT_INVALID', `Check '${later}' is planned, but this version does not have it yet.`, {
      todo: `Leave it out: nothing is checked by its name. This version has ${known.join(', ')}.`,
    });
  }
  const unknown = wanted.find((name) => !known.includes(name));
  if (wanted.length === 0 || unknown !== undefined) {
    throw new TaskError(
      'INPUT_INVALID',
      unknown === undefined
        ? "Input 'checks' names no check."
        : `Input 'checks' names '${unknown}', which is no check.`,
      { todo: `Use one or more of ${known.join(', ')}.` },
    );
  }
  return wanted;
}

function missingInput(check: CheckName, { catalog, readOnlyGroups }: CheckSubjects): string | undefined {
  if ((check === 'unityCatalog' || check === 'readOnlyGroups') && catalog === '') {
    return 'catalog';
  }
  return check === 'readOnlyGroups' && readOnlyGroups.length === 0 ? 'readOnlyGroups' : undefined;
}

/** An input that no chosen check reads would look as if it had been checked. */
function refuseUnused(checks: readonly CheckName[], subjects: CheckSubjects): void {
  const unused = (Object.keys(READ_BY) as (keyof CheckSubjects)[]).find(
    (name) => subjects[name].length > 0 && !checks.some((check) => READ_BY[name].includes(check)),
  );
  if (unused !== undefined) {
    throw new TaskError('INPUT_INVALID', `Input '${unused}' is set, but none of the chosen checks looks at it.`, {
      todo: `Add ${READ_BY[unused].map((check) => `'${check}'`).join(' or ')} to 'checks', or leave '${unused}' empty.`,
    });
  }
}

function readMinimumVersion(inputs: InputReader): ReleaseVersion | undefined {
  const text = inputs.text('minimumVersion');
  if (text === '') {
    return undefined;
  }
  const version = parseVersion(text);
  if (version === undefined) {
    throw new TaskError('INPUT_INVALID', `Input 'minimumVersion' must be a version, not ${JSON.stringify(text)}.`, {
      todo: "Write it as 'major.minor.patch', such as 1.0.0.",
    });
  }
  return version;
}
