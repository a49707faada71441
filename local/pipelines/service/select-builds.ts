import { buildReason, buildResult, buildStatus, startTime } from './build-words';
import type { RecordedRun } from './ports';
import { badRequest } from './service-error';

/** Numbers by which the clients of azure-devops-node-api send enumerations. */
const STATUSES: Readonly<Record<string, number>> = {
  inProgress: 1,
  completed: 2,
  cancelling: 4,
  postponed: 8,
  notStarted: 32,
  all: 47,
};
const RESULTS: Readonly<Record<string, number>> = { succeeded: 2, partiallySucceeded: 4, failed: 8, canceled: 32 };
const REASONS: Readonly<Record<string, number>> = {
  manual: 1,
  individualCI: 2,
  batchedCI: 4,
  schedule: 8,
  scheduleForced: 16,
  userCreated: 32,
  validateShelveset: 64,
  checkInShelveset: 128,
  pullRequest: 256,
  buildCompletion: 512,
  resourceTrigger: 1024,
  triggered: 1967,
  all: 2031,
};
const ORDERS = [
  'finishTimeAscending',
  'finishTimeDescending',
  'queueTimeDescending',
  'queueTimeAscending',
  'startTimeDescending',
  'startTimeAscending',
] as const;
/** Number of the first of {@link ORDERS}. */
const FIRST_ORDER = 2;

const SUPPORTED = new Set([
  'definitions',
  'buildNumber',
  'minTime',
  'maxTime',
  'requestedFor',
  'reasonFilter',
  'statusFilter',
  'resultFilter',
  'tagFilters',
  '$top',
  'maxBuildsPerDefinition',
  'deletedFilter',
  'queryOrder',
  'branchName',
  'buildIds',
  'api-version',
]);

const MOST = 5_000;

/**
 * The runs that the filters of `Builds - List` choose, in its order.
 * @throws ServiceError 400 for a filter that is not supported here or has no such value
 */
export function selectBuilds(runs: readonly RecordedRun[], query: URLSearchParams): RecordedRun[] {
  const unknown = [...query.keys()].find((name) => !SUPPORTED.has(name));
  if (unknown !== undefined) {
    throw badRequest(`The filter '${unknown}' is not supported here. Supported: ${[...SUPPORTED].join(', ')}.`);
  }
  const order = orderOf(query.get('queryOrder'));
  const chosen = runs.filter((run) => matches(run, query)).sort(byOrder(order));
  return limited(chosen, query);
}

function matches({ record }: RecordedRun, query: URLSearchParams): boolean {
  const list = (name: string) => (query.get(name) ?? '').split(',').filter((item) => item !== '');
  const oneOf = (name: string, value: string) => list(name).length === 0 || list(name).includes(value);
  const flag = (name: string, values: Readonly<Record<string, number>>, value: string | undefined) =>
    !query.has(name) || admits(name, query.get(name) ?? '', values, value);
  return (
    oneOf('definitions', record.pipeline.id) &&
    oneOf('buildIds', record.id) &&
    matchesNumber(query.get('buildNumber'), record.number) &&
    (query.get('branchName') ?? record.branch) === record.branch &&
    matchesPerson(query.get('requestedFor'), record.requestedFor) &&
    list('tagFilters').every((tag) => record.tags.includes(tag)) &&
    flag('statusFilter', STATUSES, buildStatus(record)) &&
    flag('resultFilter', RESULTS, buildResult(record)) &&
    flag('reasonFilter', REASONS, buildReason(record)) &&
    within(record.finishedAt ?? record.queuedAt, query) &&
    !['2', 'onlyDeleted'].includes(query.get('deletedFilter') ?? '')
  );
}

function admits(
  name: string,
  text: string,
  values: Readonly<Record<string, number>>,
  value: string | undefined,
): boolean {
  const wanted = text.split(',').map((word) => {
    const number = /^\d+$/.test(word) ? Number(word) : values[word.trim()];
    if (number === undefined) {
      throw badRequest(`'${word}' is no value of the filter '${name}'. Values: ${Object.keys(values).join(', ')}.`);
    }
    return number;
  });
  const own = value === undefined ? 0 : (values[value] ?? 0);
  return wanted.some((number) => (number & own) !== 0);
}

function matchesNumber(wanted: string | null, number: string): boolean {
  if (wanted === null) {
    return true;
  }
  return wanted.endsWith('*') ? number.startsWith(wanted.slice(0, -1)) : number === wanted;
}

function matchesPerson(wanted: string | null, person: { readonly id: string; readonly name: string }): boolean {
  return wanted === null || [person.id, person.name].some((text) => text.toLowerCase() === wanted.toLowerCase());
}

function within(time: string, query: URLSearchParams): boolean {
  const at = Date.parse(time);
  const bound = (name: string, otherwise: number) => {
    const text = query.get(name);
    const value = text === null ? otherwise : Date.parse(text);
    if (Number.isNaN(value)) {
      throw badRequest(`The filter '${name}' is not a time: '${text}'.`);
    }
    return value;
  };
  return at >= bound('minTime', Number.NEGATIVE_INFINITY) && at <= bound('maxTime', Number.POSITIVE_INFINITY);
}

type Order = (typeof ORDERS)[number];

function orderOf(text: string | null): Order {
  if (text === null) {
    return 'queueTimeDescending';
  }
  const found = ORDERS.find((order, index) => order === text || String(index + FIRST_ORDER) === text);
  if (found === undefined) {
    throw badRequest(`'${text}' is no value of 'queryOrder'. Values: ${ORDERS.join(', ')}.`);
  }
  return found;
}

function byOrder(order: Order): (a: RecordedRun, b: RecordedRun) => number {
  const timeOf = ({ record }: RecordedRun) =>
    order.startsWith('finish') ? record.finishedAt : order.startsWith('start') ? startTime(record) : record.queuedAt;
  const direction = order.endsWith('Ascending') ? 1 : -1;
  return (a, b) =>
    direction * ((timeOf(a) ?? '').localeCompare(timeOf(b) ?? '') || Number(a.record.id) - Number(b.record.id));
}

function limited(runs: readonly RecordedRun[], query: URLSearchParams): RecordedRun[] {
  const each = count(query, 'maxBuildsPerDefinition');
  const seen = new Map<string, number>();
  return runs
    .filter(({ record }) => {
      const number = (seen.get(record.pipeline.id) ?? 0) + 1;
      seen.set(record.pipeline.id, number);
      return number <= each;
    })
    .slice(0, count(query, '$top'));
}

function count(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? String(MOST);
  if (!/^\d{1,9}$/.test(text)) {
    throw badRequest(`'${name}' is not a count: '${text}'.`);
  }
  return Math.min(Number(text), MOST);
}
