import type { Shape } from '../expand/grammar/shape';

/** A JSON Schema with the keywords that the language service of Azure Pipelines adds to it. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly type?: 'string' | 'array' | 'object';
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  /** One of these must be the first key; alternatives are chosen by it. */
  readonly firstProperty?: readonly string[];
  readonly ignoreCase?: 'key' | 'value' | 'all';
  readonly aliases?: readonly string[];
}

/** Texts; the service takes numbers, booleans and nothing for texts too. */
export const TEXT: JsonSchema = { type: 'string' };

/** Keys that are template expressions: the service takes them apart itself, other editors let them be. */
const EXPRESSION_KEYS: Readonly<Record<string, JsonSchema>> = { '^\\$\\{\\{': {} };

/** A mapping with these keys and no others. */
export function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  firstProperty: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    patternProperties: EXPRESSION_KEYS,
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    ...(firstProperty.length > 0 ? { firstProperty } : {}),
  };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** A text out of some; case does not count, and what stands for it until the run starts passes. */
export function oneOfTexts(values: readonly string[]): JsonSchema {
  const quoted = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return {
    type: 'string',
    pattern: `^(?:${quoted.join('|')})?$|\\$\\(|\\$\\{\\{|\\$\\[`,
    patternErrorMessage: `Value is not accepted. Valid values: ${values.join(', ')}.`,
    ignoreCase: 'value',
  };
}

/**
 * What a shape of the grammar is as a JSON Schema; a shape by its name becomes a reference into `definitions`.
 * @param first keys that tell mappings apart must come first, as the service wants it of steps, jobs and stages
 */
export function schemaOf(shape: Shape, first = false): JsonSchema {
  if (shape === 'anything') {
    return {};
  }
  if (typeof shape === 'string') {
    return shape === 'text' ? TEXT : { $ref: `#/definitions/${shape.slice(1)}` };
  }
  if ('list' in shape) {
    return list(schemaOf(shape.list));
  }
  if ('values' in shape) {
    return { type: 'object', additionalProperties: schemaOf(shape.values) };
  }
  if ('either' in shape) {
    return { anyOf: shape.either.map((one) => schemaOf(one)) };
  }
  if ('byKey' in shape) {
    return { anyOf: Object.entries(shape.byKey).map(([key, one]) => alternative(key, one, first)) };
  }
  return closed(
    Object.fromEntries(Object.entries(shape.keys).map(([key, value]) => [key, schemaOf(value)])),
    shape.required,
  );
}

/** The mappings that have this key. */
function alternative(key: string, shape: Shape, first: boolean): JsonSchema {
  const schema = schemaOf(shape);
  return {
    ...(shape === 'anything' ? { type: 'object' as const } : schema),
    required: [...new Set([key, ...(schema.required ?? [])])],
    ...(first ? { firstProperty: [key] } : {}),
  };
}
