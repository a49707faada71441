import type * as core from 'zod/v4/core';
import { counted } from '../../counted';
import { didYouMean, nearestName } from '../../nearest-name';

/** What is wrong and what to do, a sentence each, and the key it is about when it is not a value. */
export interface Sentences {
  readonly what: string;
  readonly todo: string;
  readonly key?: string;
}

/** Parts of the policy language that this version does not judge. They are refused, because a rule that is ignored is worse than none. */
const NOT_YET: ReadonlySet<string> = new Set([
  'slices',
  'robustness',
  'infrastructure',
  'batch',
  'canary',
  'override',
  'outputs',
  'evidence',
  'custom',
  'evaluation',
  'trainingOverlap',
  'groupKey',
  'requesterCannotApprove',
  'minApprovers',
  'mustNotInclude',
  'costFile',
  'minRows',
  'correction',
]);

/** A path as people write it: `champion.guardrails[0].margin`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

/** What a file is called in sentences, and which schema describes it. */
export interface Subject {
  /** Such as `policy`. */
  readonly name: string;
  /** Such as `the JSON Schema of policies`. */
  readonly schema: string;
}

export const POLICY: Subject = { name: 'policy', schema: 'the JSON Schema of policies' };

/** An issue of the schema in sentences; one for each unknown key. */
export function sentencesFor(issue: core.$ZodIssue, knownKeys: readonly string[], subject: Subject): Sentences[] {
  const where = issue.path.length === 0 ? `The ${subject.name}` : pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue.path, knownKeys, subject));
    case 'invalid_type':
      return issue.input === undefined
        ? [{ what: `${where} is missing.`, todo: `Add it as ${article(issue.expected)}.` }]
        : [
            {
              what: `${where} must be ${article(issue.expected)}, not ${shown(issue.input)}.`,
              todo: `Write ${article(issue.expected)} there.`,
            },
          ];
    case 'invalid_value':
      return [oneOf(where, issue.input, issue.values)];
    case 'invalid_union':
      return [union(where, issue, subject)];
    case 'too_small':
      return [
        {
          what: `${where} is too small: ${shown(issue.input)}.`,
          todo: `${bound(issue.origin, 'least', issue.minimum, issue.inclusive)}.`,
        },
      ];
    case 'too_big':
      return [
        {
          what: `${where} is too large: ${shown(issue.input)}.`,
          todo: `${bound(issue.origin, 'most', issue.maximum, issue.inclusive)}.`,
        },
      ];
    case 'invalid_format':
      return [
        {
          what: `${where} is not well formed: ${shown(issue.input)}.`,
          todo: 'Use letters, digits, dot, hyphen and underscore, at most 64 characters.',
        },
      ];
    default:
      return [{ what: `${where} is not valid: ${issue.message}.`, todo: `Compare it with ${subject.schema}.` }];
  }
}

function unknownKey(
  key: string,
  path: readonly PropertyKey[],
  knownKeys: readonly string[],
  subject: Subject,
): Sentences {
  const where = path.length === 0 ? `the ${subject.name}` : pathText(path);
  const question = didYouMean(key, knownKeys);
  if (question === '' && NOT_YET.has(key)) {
    return {
      key,
      what: `The key ${key} in ${where} is not supported by this version.`,
      todo: 'Remove it, or use a version of the extension that judges it.',
    };
  }
  const todo = question === '' ? `Known keys there: ${knownKeys.join(', ')}.` : question;
  return { key, what: `The key ${JSON.stringify(key)} is unknown in ${where}.`, todo };
}

function union(where: string, issue: core.$ZodIssueInvalidUnion, subject: Subject): Sentences {
  const discriminator = 'discriminator' in issue ? issue.discriminator : undefined;
  const options = 'options' in issue ? issue.options : undefined;
  if (discriminator !== undefined && options !== undefined) {
    return chosenForm(where, issue.input, discriminator, options);
  }
  return {
    what: `${where} has none of the forms that are allowed there: ${shown(issue.input)}.`,
    todo: `Compare it with ${subject.schema}.`,
  };
}

/** A map whose form is chosen by one of its keys; a missing one is often written wrongly. */
function chosenForm(where: string, input: unknown, key: string, forms: readonly unknown[]): Sentences {
  const map = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const meant = map[key] === undefined ? nearestName(key, Object.keys(map)) : undefined;
  const { what, todo } = oneOf(where, map[key], forms);
  return meant === undefined ? { what, todo } : { what, todo: `Is it meant by ${JSON.stringify(meant)}? ${todo}` };
}

function oneOf(where: string, input: unknown, values: readonly unknown[]): Sentences {
  const names = values.map(String);
  const choices = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
  if (input === undefined) {
    return { what: `${where} is missing.`, todo: `Write ${choices}.` };
  }
  const question = typeof input === 'string' ? didYouMean(input, names) : '';
  return {
    what: `${where} cannot be ${shown(input)}.`,
    todo: question === '' ? `Write ${choices}.` : `${question} Allowed: ${names.join(', ')}.`,
  };
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint, inclusive: boolean | undefined): string {
  if (origin === 'string') {
    return `Write at ${side} ${counted(limit, 'character')}`;
  }
  if (origin === 'array') {
    return `Write at ${side} ${counted(limit, 'item')}`;
  }
  const strict = side === 'least' ? 'more than' : 'less than';
  return inclusive === false ? `It must be ${strict} ${limit}` : `It must be at ${side} ${limit}`;
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  boolean: 'true or false',
};

function article(expected: string): string {
  return ARTICLES[expected] ?? expected;
}

/** A value in a sentence: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  if (typeof value === 'object' && value !== null) {
    return 'a map of keys';
  }
  const json = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…"` : json;
}
