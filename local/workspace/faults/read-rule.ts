import { type Fields, flag, invalid, optionalInteger, optionalObject, optionalText, requiredText } from '../fields';
import type { CutPoint, Fault, FaultRule } from './fault';

const METHODS = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
const CUT_POINTS: readonly CutPoint[] = ['request', 'answer', 'body', 'middle'];
const LONGEST_MS = 366 * 24 * 3_600_000;

/** Error codes of the service by status (Databricks REST API, common errors). */
const ERROR_CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER_VALUE',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'ABORTED',
  429: 'REQUEST_LIMIT_EXCEEDED',
  500: 'INTERNAL_ERROR',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/**
 * A rule as the control path takes it; every field but `fault` has a default.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a field that is unknown, or has a value that it cannot have
 */
export function readRule(body: Fields): FaultRule {
  const given = optionalObject(body, 'fault');
  if (given === undefined) {
    throw invalid("Missing value for required parameter 'fault'.");
  }
  const fault = readFault(given);
  if (fault.kind === 'clock_skew') {
    // The clock is one for the whole workspace: a part of the requests cannot have another.
    refuseOthers(body, ['fault']);
    return { method: '*', path: '/*path', skip: 0, probability: 1, seed: 0, fault };
  }
  refuseOthers(body, ['method', 'path', 'client', 'skip', 'count', 'probability', 'seed', 'fault']);
  const path = optionalText(body, 'path') ?? '/*path';
  if (!path.startsWith('/') || path.includes('?')) {
    throw invalid("Parameter 'path' must be a path such as /api/2.2/jobs/runs/get, without a query.");
  }
  const client = optionalText(body, 'client');
  const count = optionalInteger(body, 'count');
  return {
    method: oneOf(body, 'method', METHODS, '*'),
    path,
    ...(client === undefined ? {} : { client }),
    skip: atLeast(0, 'skip', optionalInteger(body, 'skip') ?? 0),
    ...(count === undefined ? {} : { count: atLeast(1, 'count', count) }),
    probability: readProbability(body),
    seed: optionalInteger(body, 'seed') ?? 0,
    fault,
  };
}

function readFault(fields: Fields): Fault {
  const kind = requiredText(fields, 'kind');
  switch (kind) {
    case 'status':
      refuseOthers(fields, ['kind', 'status', 'error_code', 'message', 'retry_after', 'carried_out']);
      return readStatus(fields);
    case 'latency':
      refuseOthers(fields, ['kind', 'milliseconds']);
      return { kind, milliseconds: atLeast(1, 'milliseconds', readMilliseconds(fields)) };
    case 'connection_dropped':
      refuseOthers(fields, ['kind', 'at']);
      return { kind, at: oneOf(fields, 'at', CUT_POINTS, 'request') };
    case 'truncated_json':
      refuseOthers(fields, ['kind']);
      return { kind };
    case 'html':
      refuseOthers(fields, ['kind', 'carried_out']);
      return { kind, carriedOut: flag(fields, 'carried_out') };
    case 'token_expired':
      refuseOthers(fields, ['kind', 'until_sign_in']);
      return { kind, untilSignIn: flag(fields, 'until_sign_in') };
    case 'clock_skew':
      refuseOthers(fields, ['kind', 'milliseconds']);
      return { kind, milliseconds: readMilliseconds(fields) };
    default:
      throw invalid(
        `There is no fault '${kind}'; there are status, latency, connection_dropped, truncated_json, html, token_expired and clock_skew.`,
      );
  }
}

function readStatus(fields: Fields): Fault {
  const status = optionalInteger(fields, 'status') ?? 0;
  if (status < 400 || status > 599) {
    throw invalid(`Parameter 'status' must be an error status from 400 to 599, got ${status}.`);
  }
  const retryAfter = optionalText(fields, 'retry_after');
  return {
    kind: 'status',
    status,
    errorCode: optionalText(fields, 'error_code') ?? ERROR_CODES[status] ?? '',
    message: optionalText(fields, 'message') ?? `The local workspace was asked to answer ${status} here.`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    carriedOut: flag(fields, 'carried_out'),
  };
}

function readMilliseconds(fields: Fields): number {
  const milliseconds = optionalInteger(fields, 'milliseconds') ?? 0;
  if (milliseconds === 0 || Math.abs(milliseconds) > LONGEST_MS) {
    throw invalid("Parameter 'milliseconds' must be a whole number other than 0, at most a year.");
  }
  return milliseconds;
}

function readProbability(fields: Fields): number {
  const text = optionalText(fields, 'probability') ?? '1';
  const probability = Number(text);
  if (!(probability > 0 && probability <= 1)) {
    throw invalid(`Parameter 'probability' must be above 0 and at most 1, got ${text}.`);
  }
  return probability;
}

function atLeast(least: number, name: string, value: number): number {
  if (value < least) {
    throw invalid(`Parameter '${name}' must be at least ${least}, got ${value}.`);
  }
  return value;
}

function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[], standard: T): T {
  const text = optionalText(fields, name) ?? standard;
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    throw invalid(`Parameter '${name}' must be one of ${allowed.join(', ')}, got '${text}'.`);
  }
  return found;
}

/** A misspelt field would make a fault that never comes, and a test that proves nothing. */
function refuseOthers(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid(`Parameter '${unknown}' is not known here; known are ${known.join(', ')}.`);
  }
}
