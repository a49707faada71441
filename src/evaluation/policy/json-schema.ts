import * as z from 'zod/mini';
import { KEY_MEANINGS } from './key-meanings';
import { policySchema } from './schema';

/** The part of a JSON Schema that says what stands below a key. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** The JSON Schema (draft 2020-12) of a promotion policy, as the text of `templates/schemas/promotion-policy.schema.json`. */
export function promotionPolicySchemaText(): string {
  return `${JSON.stringify(promotionPolicySchema(), undefined, 2)}\n`;
}

/** @throws Error when a key has no meaning in {@link KEY_MEANINGS}, or a meaning no key */
export function promotionPolicySchema(): SchemaNode {
  const { $schema, ...shape } = z.toJSONSchema(policySchema, { io: 'input', target: 'draft-2020-12' });
  const unused = new Set(Object.keys(KEY_MEANINGS));
  const described = withMeanings(shape as SchemaNode, '', unused);
  if (unused.size > 0) {
    throw new Error(`No key of a policy is called ${[...unused].join(', ')}.`);
  }
  return {
    $schema,
    title: 'PromotionPolicy',
    description: 'What a model version must show before it becomes champion. Used by DatabricksEvaluateModel.',
    ...described,
  };
}

function withMeanings(node: SchemaNode, path: string, unused: Set<string>): SchemaNode {
  const { properties, additionalProperties, items, oneOf, anyOf } = node;
  const below = (name: string, child: SchemaNode): SchemaNode => {
    const key = path === '' ? name : `${path}.${name}`;
    const description = KEY_MEANINGS[key];
    if (description === undefined) {
      throw new Error(`The key ${key} of a policy has no meaning.`);
    }
    unused.delete(key);
    return { description, ...withMeanings(child, key, unused) };
  };
  const alternatives = (nodes: readonly SchemaNode[]) => nodes.map((one) => withMeanings(one, path, unused));
  return {
    ...node,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, below(name, child)])),
        }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: below('*', additionalProperties) } : {}),
    ...(items === undefined || isScalar(items) ? {} : { items: withMeanings(items, `${path}[]`, unused) }),
    ...(oneOf === undefined ? {} : { oneOf: alternatives(oneOf) }),
    ...(anyOf === undefined ? {} : { anyOf: alternatives(anyOf) }),
  };
}

function isScalar({ properties, oneOf, anyOf }: SchemaNode): boolean {
  return properties === undefined && oneOf === undefined && anyOf === undefined;
}
