import {
  type Fields,
  invalid,
  objectList,
  optionalInteger,
  optionalObject,
  optionalText,
  requiredText,
} from '../fields';

const LONGEST_DESCRIPTION_BYTES = 27_700;
const MOST_TAGS = 25;
const MOST_WEBHOOKS_PER_EVENT = 3;
const MOST_ENVIRONMENT_VARIABLE_SETS = 10;
const MOST_DBT_COMMANDS = 10;
const RUN_AS = ['user_name', 'service_principal_name', 'group_name'] as const;
const COMPUTE = ['existing_cluster_id', 'new_cluster', 'job_cluster_key', 'environment_key'] as const;

/**
 * What jobs and one-time runs must keep to besides their tasks (databricks-api 3.2). That the service refuses all of it, and with which
 * sentences, is [U].
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function refuseBeyondLimits(fields: Fields): void {
  if (Buffer.byteLength(optionalText(fields, 'description') ?? '') > LONGEST_DESCRIPTION_BYTES) {
    throw invalid(`The description is longer than ${LONGEST_DESCRIPTION_BYTES} bytes.`);
  }
  atMost(MOST_TAGS, Object.keys(optionalObject(fields, 'tags') ?? {}).length, 'tags');
  atMost(
    MOST_ENVIRONMENT_VARIABLE_SETS,
    objectList(fields, 'environment_variables').length,
    'entries of environment_variables',
  );
  const webhooks = optionalObject(fields, 'webhook_notifications') ?? {};
  for (const event of Object.keys(webhooks)) {
    atMost(MOST_WEBHOOKS_PER_EVENT, objectList(webhooks, event).length, `webhook_notifications.${event}`);
  }
  oneOf(fields, 'performance_target', ['STANDARD', 'PERFORMANCE_OPTIMIZED']);
  oneOf(fields, 'edit_mode', ['EDITABLE', 'UI_LOCKED']);
  runAsName(fields);
}

/** The limits of one task. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function refuseTaskBeyondLimits(key: string, fields: Fields, jobClusters: readonly string[]): void {
  const compute = COMPUTE.filter((name) => fields[name] != null);
  if (compute.length > 1) {
    throw invalid(`Task '${key}' must have at most one of ${COMPUTE.join(', ')}, it has ${compute.join(', ')}.`);
  }
  const cluster = optionalText(fields, 'job_cluster_key');
  if (cluster !== undefined && !jobClusters.includes(cluster)) {
    throw invalid(`Task '${key}' names the job cluster '${cluster}', which the job does not define.`);
  }
  if ((optionalInteger(fields, 'max_retries') ?? 0) < -1) {
    throw invalid(`max_retries of task '${key}' must be -1 (for ever) or more.`);
  }
  const commands = optionalObject(fields, 'dbt_task')?.commands;
  if (Array.isArray(commands) && commands.length > MOST_DBT_COMMANDS) {
    throw invalid(`The dbt_task of task '${key}' has at most ${MOST_DBT_COMMANDS} commands.`);
  }
}

/** Whom `run_as` names; undefined when it is not there. @throws ApiError 400 when it names nobody or several */
export function runAsName(
  fields: Fields,
): { readonly kind: (typeof RUN_AS)[number]; readonly name: string } | undefined {
  const runAs = optionalObject(fields, 'run_as');
  if (runAs === undefined) {
    return undefined;
  }
  const kinds = RUN_AS.filter((kind) => runAs[kind] != null);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    throw invalid(`run_as must have exactly one of ${RUN_AS.join(', ')}, it has ${kinds.join(', ') || 'none'}.`);
  }
  return { kind, name: requiredText(runAs, kind) };
}

function atMost(most: number, count: number, what: string): void {
  if (count > most) {
    throw invalid(`At most ${most} ${what} are allowed, there are ${count}.`);
  }
}

function oneOf(fields: Fields, name: string, values: readonly string[]): void {
  const value = optionalText(fields, name);
  if (value !== undefined && !values.includes(value)) {
    throw invalid(`${name} must be ${values.join(' or ')}, not '${value}'.`);
  }
}
